/** The whole way from an empty page to a result without touching a mouse. */

import { describe, expect, test } from 'vitest'
import type { Desk } from './support/desk'
import { lacking, stage } from './support/stage'

describe.skipIf(lacking !== '')('by keyboard alone', () => {
  const here = stage()

  test('nodes are added, connected, edited and run, and a screen reader is told', async () => {
    const desk = await here.open({ first: true })
    const { keyboard } = desk.page
    const last = async () => (await desk.heard()).at(-1)
    await desk.page.getByRole('dialog', { name: 'Welcome to Patchbay' }).waitFor()
    await keyboard.press('Escape')
    await keyboard.press('Alt+n')
    await desk.page.getByText('An empty page.').waitFor()

    await keyboard.press('Tab')
    await desk.choose('integer', 'Integer')
    await expect.poll(last).toMatch(/^Integer\. +1 input, 1 output\.$/)
    await expect.poll(() => focused(desk)).toBe('Integer, node 1')
    await keyboard.press('Tab')
    await desk.choose('show value', 'Show Value')
    await expect.poll(() => focused(desk)).toBe('Show Value, node 2')

    await keyboard.press('Enter')
    await expect.poll(last).toBe('Inside Show Value. Up and down move between sockets and fields.')
    await walkTo(desk, 'Input value, anything, free')
    await keyboard.press('Enter')
    await expect.poll(last).toBe('Output int, INT of Integer, 1 of 1.')
    await keyboard.press('Enter')
    await expect.poll(last).toBe('Linked.')
    expect(await focused(desk)).toBe('Input value, anything, linked')
    await keyboard.press('Escape')
    await expect.poll(last).toBe('Back on the node Show Value.')

    await moveTo(desk, 'Integer, node 1')
    await keyboard.press('Enter')
    await expect.poll(() => focused(desk)).toBe('value')
    await keyboard.press('Control+a')
    await keyboard.type('4711')
    await keyboard.press('Enter')
    await keyboard.press('Control+Enter')
    await desk.become({ 1: 'done', 2: 'done' })
    await expect.poll(last).toMatch(/^Untitled is done in /)
    await desk.node(2).getByText('4711', { exact: true }).waitFor()

    await keyboard.press('Escape')
    await keyboard.press('Escape')
    await keyboard.press('Control+a')
    await keyboard.press('Delete')
    await expect.poll(last).toBe('2 nodes removed')
    await keyboard.press('Control+z')
    expect((await desk.exported()).links).toEqual([[1, 1, 0, 2, 0, 'INT']])
  })

  test('the state of a node is said when the focus comes to it', async () => {
    const desk = await here.open()
    await desk.fresh()
    await desk.add({ x: 400, y: 300 }, 'integer', 'Integer')
    await desk.drag(desk.socket(1, 'output', 'int'), { x: 800, y: 320 })
    await desk.choose('show value', 'Show Value')
    await desk.page.keyboard.press('Control+Enter')
    await desk.become({ 1: 'done', 2: 'done' })
    await desk.node(1).focus()
    await moveTo(desk, 'Show Value, node 2')
    const described = desk.page.locator(`#${(await desk.node(2).getAttribute('aria-describedby')) ?? ''}`)
    expect(await described.innerText()).toMatch(/^done in /)
    expect((await desk.heard()).at(-1)).toMatch(/^Show Value\. done in .+ 1 input, 1 output\.$/)
  })

  test('the focus is seen wherever it goes, and every part of the page is reached', async () => {
    const desk = await here.open()
    const seen = new Set<string>()
    const unseen: string[] = []
    await desk.canvas.focus()
    for (let presses = 0; presses < 60; presses += 1) {
      await desk.page.keyboard.press('Shift+Tab')
      const at = await focusRing(desk)
      if (at === null || seen.has(at.name)) break
      seen.add(at.name)
      if (!at.ring) unseen.push(at.name)
    }
    expect(unseen).toEqual([])
    for (const name of [
      'Menu',
      'Lofi tape',
      'New workflow',
      'Run',
      'Nodes',
      'Queue',
      'History',
      'Settings',
      'Keyboard shortcuts',
    ]) {
      expect([...seen]).toContain(name)
    }
  })

  test('menus, palette, settings and shortcuts open, work and give the focus back', async () => {
    const desk = await here.open()
    const { keyboard } = desk.page
    await desk.canvas.focus()
    for (const [keys, title] of [
      ['Control+k', 'All commands'],
      ['Control+,', 'Settings'],
      ['?', 'Keyboard shortcuts'],
      ['Control+o', 'Open'],
      ['Control+Shift+s', 'Save as …'],
    ] as const) {
      await keyboard.press(keys)
      const dialog = desk.page.getByRole('dialog', { name: title })
      await dialog.waitFor()
      expect(await dialog.evaluate((element) => element.contains(document.activeElement))).toBe(true)
      await keyboard.press('Escape')
      await dialog.waitFor({ state: 'hidden' })
      await expect
        .poll(() =>
          desk.canvas.evaluate(
            (canvas) => canvas.contains(document.activeElement) || document.activeElement === document.body,
          ),
        )
        .toBe(true)
    }
    for (const [key, panel] of [
      ['q', 'Queue'],
      ['h', 'History'],
      ['n', 'Nodes'],
      ['w', 'Workflows'],
      ['e', 'Engines'],
    ] as const) {
      await desk.canvas.focus()
      await keyboard.press(key)
      await desk.page.getByRole('complementary', { name: panel }).waitFor()
    }
  })
})

async function focused(desk: Desk): Promise<string> {
  return desk.page.evaluate(() => {
    const element = document.activeElement
    const label = element?.id ? document.querySelector(`label[for="${element.id}"]`)?.textContent : ''
    return element?.getAttribute('aria-label') ?? label?.trim() ?? ''
  })
}

/** Inside a node: up until this has the focus. */
async function walkTo(desk: Desk, name: string): Promise<void> {
  for (let presses = 0; presses < 20 && (await focused(desk)) !== name; presses += 1)
    await desk.page.keyboard.press('ArrowUp')
  expect(await focused(desk)).toBe(name)
}

/** From node to node by whichever arrow leads there. */
async function moveTo(desk: Desk, label: string): Promise<void> {
  for (const key of ['ArrowLeft', 'ArrowUp', 'ArrowRight', 'ArrowDown']) {
    if ((await focused(desk)).startsWith(label)) return
    const before = await desk.heard()
    await desk.page.keyboard.press(key)
    if ((await desk.heard()).length === before.length) continue
  }
  await expect.poll(() => focused(desk)).toMatch(new RegExp(`^${label}`))
}

/** What has the focus and whether one sees that it has; null for nothing. */
async function focusRing(desk: Desk): Promise<{ name: string; ring: boolean } | null> {
  return desk.page.evaluate(() => {
    const element = document.activeElement
    if (element === null || element === document.body) return null
    const { outlineStyle, outlineWidth } = getComputedStyle(element)
    const ring = element.matches(':focus-visible') && outlineStyle !== 'none' && parseFloat(outlineWidth) >= 1
    const name = element.getAttribute('aria-label') ?? element.textContent.trim()
    return { name: name || element.outerHTML.slice(0, 80), ring }
  })
}
