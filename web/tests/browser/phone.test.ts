/** The page on a phone: everything is large enough, and fingers do what a mouse does. */

import type { CDPSession } from 'playwright-core'
import { describe, expect, test } from 'vitest'
import type { Desk, Place } from './support/desk'
import { GATE } from './support/packs'
import { lacking, stage } from './support/stage'

const PHONE = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true } as const
/** Longer than a press that opens the menu. */
const LONG_MILLISECONDS = 900

describe.skipIf(lacking !== '')('on a phone', () => {
  const here = stage({ pack: { 'gate.py': GATE } })

  test('the tape opens at its beginning, large enough to be read and changed', async () => {
    const desk = await here.open(PHONE)
    const field = desk.field(1, 'value')
    const box = await field.boundingBox()
    expect(box?.x).toBeGreaterThan(0)
    expect((box?.x ?? 0) + (box?.width ?? 0)).toBeLessThan(390)
    expect(box?.width).toBeGreaterThan(200)
    await field.tap()
    await field.fill('by the harbour')
    await desk.page.getByText('not saved').or(desk.page.getByLabel('not saved')).first().waitFor()
  })

  test('the current tab is in view, and a failure is a sentence across the page', async () => {
    const desk = await here.open({ ...PHONE, complaints: /status of 400/ })
    for (let tabs = 0; tabs < 4; tabs += 1)
      await desk.page.getByRole('button', { name: 'New workflow' }).first().tap()
    const [tab, list] = [await desk.tab.boundingBox(), await desk.page.getByRole('tablist').boundingBox()]
    expect(tab?.x).toBeGreaterThanOrEqual(list?.x ?? 0)
    expect((tab?.x ?? 0) + (tab?.width ?? 0)).toBeLessThanOrEqual((list?.x ?? 0) + (list?.width ?? 0) + 1)
    await desk.page.getByRole('button', { name: 'Run', exact: true }).tap()
    const notice = desk.page.getByRole('alert')
    await notice.waitFor()
    const [told, strip] = [
      await notice.boundingBox(),
      await desk.page.getByRole('navigation', { name: 'Panels' }).boundingBox(),
    ]
    expect(told?.width).toBeGreaterThan(300)
    expect((told?.y ?? 0) + (told?.height ?? 0)).toBeLessThan(strip?.y ?? 0)
  })

  test('fingers drag a node, ask for its menu, move the canvas and pinch it', async () => {
    const desk = await here.open(PHONE)
    const fingers = await desk.page.context().newCDPSession(desk.page)
    const drawn = await desk.exported()
    const from = await centre(desk)
    await touch(fingers, [[from], [{ x: from.x + 20, y: from.y + 20 }], [{ x: from.x + 40, y: from.y + 40 }]])
    const moved = await desk.exported()
    expect(moved.nodes[0]?.pos).not.toEqual(drawn.nodes[0]?.pos)
    expect(moved.nodes.slice(1)).toEqual(drawn.nodes.slice(1))

    const at = await centre(desk)
    await fingers.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: [at] })
    await desk.page.getByRole('menu').waitFor({ timeout: LONG_MILLISECONDS * 5 })
    await fingers.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] })
    await desk.page.getByRole('menuitem', { name: 'Mute' }).tap()
    await desk.node(1).getByText('muted').waitFor()

    const start = await centre(desk)
    await touch(fingers, [[{ x: 300, y: 700 }], [{ x: 260, y: 690 }], [{ x: 220, y: 680 }]])
    await expect.poll(async () => Math.round((await centre(desk)).x - start.x)).toBeLessThan(-40)

    const width = async () => (await desk.node(1).boundingBox())?.width ?? 0
    const before = await width()
    const apart = (by: number): Place[] => [
      { x: 195 - by, y: 700 },
      { x: 195 + by, y: 700 },
    ]
    await touch(fingers, [apart(30), apart(45), apart(60)])
    await expect.poll(width).toBeGreaterThan(before * 1.3)
  })
})

async function centre(desk: Desk): Promise<Place> {
  const box = await desk.node(1).locator('header .title').boundingBox()
  return { x: (box?.x ?? 0) + (box?.width ?? 0) / 2, y: (box?.y ?? 0) + (box?.height ?? 0) / 2 }
}

/** Puts fingers down, moves them along, and lifts them. */
async function touch(session: CDPSession, steps: readonly (readonly Place[])[]): Promise<void> {
  for (const [index, points] of steps.entries()) {
    const type = index === 0 ? 'touchStart' : 'touchMove'
    await session.send('Input.dispatchTouchEvent', {
      type,
      touchPoints: points.map((point, id) => ({ ...point, id })),
    })
  }
  await session.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] })
}
