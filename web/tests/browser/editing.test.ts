/** What hands do to a graph, each as one step of undo. */

import { describe, expect, test } from 'vitest'
import type { Desk, Workflow } from './support/desk'
import { lacking, stage } from './support/stage'

describe.skipIf(lacking !== '')('editing', () => {
  const here = stage()

  /** Three nodes: a number, twice shown. */
  async function three(): Promise<Desk> {
    const desk = await here.open({ permissions: ['clipboard-read', 'clipboard-write'] })
    await desk.fresh()
    await desk.add({ x: 400, y: 250 }, 'integer', 'Integer')
    await desk.drag(desk.socket(1, 'output', 'int'), { x: 700, y: 230 })
    await desk.choose('show', 'Show Value')
    await desk.drag(desk.socket(1, 'output', 'int'), { x: 740, y: 560 })
    await desk.choose('show', 'Show Value')
    await desk.page.keyboard.press('Escape')
    return desk
  }

  test('nodes are copied in one page and pasted in another, with their links and values', async () => {
    const desk = await three()
    await desk.set(1, 'value', '17')
    await desk.canvas.focus()
    await desk.page.keyboard.press('Control+a')
    await desk.page.keyboard.press('Control+c')
    await expect.poll(() => desk.heard()).toContain('3 nodes copied')
    const other = await here.open({ beside: desk })
    await other.fresh()
    await other.page.bringToFront()
    await other.canvas.focus()
    await other.page.keyboard.press('Control+v')
    await expect.poll(() => other.heard()).toContain('3 nodes pasted')
    const [mine, theirs] = [await desk.exported(), await other.exported()]
    expect(typesOf(theirs)).toEqual(['Integer', 'ShowValue', 'ShowValue'])
    expect(theirs.nodes.map((node) => node.widgets_values)).toEqual(
      mine.nodes.map((node) => node.widgets_values),
    )
    expect(theirs.links).toHaveLength(2)
    expect(apart(theirs)).toEqual(apart(mine))
  })

  test('what is cut is gone, and comes back with undo and with paste', async () => {
    const desk = await three()
    await desk.pick(1)
    await desk.page.keyboard.press('Control+x')
    await expect.poll(() => desk.nodes.count()).toBe(2)
    expect((await desk.exported()).links).toEqual([])
    await desk.page.keyboard.press('Control+z')
    expect((await desk.exported()).links).toHaveLength(2)
    await desk.canvas.focus()
    await desk.page.keyboard.press('Control+v')
    await expect.poll(() => desk.nodes.count()).toBe(4)
  })

  test('modes, pins, colours, collapsing and titles show on the node and in the file', async () => {
    const desk = await three()
    const before = await desk.exported()
    await desk.pick(2)
    await desk.page.keyboard.press('Control+m')
    await desk.node(2).getByText('muted').waitFor()
    await desk.page.keyboard.press('Control+b')
    await desk.node(2).getByText('bypassed').waitFor()
    await desk.page.keyboard.press('Alt+c')
    await desk.page.keyboard.press('p')
    await desk.page.keyboard.press('F2')
    await desk.page.getByRole('textbox', { name: 'Title of the node' }).fill('Look here')
    await desk.page.keyboard.press('Enter')
    await choose(desk, '2', 'Colour', 'Teal')
    await expect
      .poll(async () => nodeOf(await desk.exported(), 2))
      .toMatchObject({
        mode: 4,
        title: 'Look here',
        color: '#2b7d76',
        flags: { collapsed: true, pinned: true },
      })
    for (let step = 0; step < 6; step += 1) await desk.page.getByRole('button', { name: 'Undo' }).click()
    expect(await desk.exported()).toEqual(before)
  })

  test('a pinned node stays where it is; others are dragged, in one step of undo', async () => {
    const desk = await three()
    await desk.pick(2)
    await desk.page.keyboard.press('p')
    const before = await desk.exported()
    await desk.drag(desk.node(2).locator('header .title'), { x: 1100, y: 500 })
    expect(nodeOf(await desk.exported(), 2).pos).toEqual(nodeOf(before, 2).pos)
    await desk.drag(desk.node(3).locator('header .title'), { x: 1000, y: 300 })
    const after = await desk.exported()
    expect(nodeOf(after, 3).pos).not.toEqual(nodeOf(before, 3).pos)
    await desk.page.keyboard.press('Control+z')
    expect(nodeOf(await desk.exported(), 3).pos).toEqual(nodeOf(before, 3).pos)
  })

  test('nodes are selected by a box, aligned, distributed and duplicated', async () => {
    const desk = await three()
    await desk.drag({ x: 120, y: 100 }, { x: 1300, y: 850 }, ['Shift'])
    await desk.command('Align left')
    const aligned = await desk.exported()
    expect(new Set(aligned.nodes.map((node) => node.pos[0])).size).toBe(1)
    await desk.page.keyboard.press('Control+d')
    const doubled = await desk.exported()
    expect(typesOf(doubled)).toEqual([
      'Integer',
      'Integer',
      'ShowValue',
      'ShowValue',
      'ShowValue',
      'ShowValue',
    ])
    expect(doubled.links).toHaveLength(4)
  })

  test('a group takes its nodes along, has a name and a colour', async () => {
    const desk = await three()
    await desk.pick(1, 2)
    await desk.page.keyboard.press('Control+g')
    await desk.page.getByRole('textbox', { name: 'Title of the group' }).fill('Numbers')
    await desk.page.keyboard.press('Enter')
    const before = await desk.exported()
    expect(before.groups.map((group) => group.title)).toEqual(['Numbers'])
    const highest = await desk.node(2).boundingBox()
    const start = { x: (highest?.x ?? 0) + 60, y: (highest?.y ?? 0) - 24 }
    await desk.drag(start, { x: start.x + 50, y: start.y + 40 })
    const after = await desk.exported()
    const moved = (id: number) =>
      nodeOf(after, id).pos.map((place, axis) => place - (nodeOf(before, id).pos[axis] ?? 0))
    expect([moved(1), moved(2), moved(3)]).toEqual([
      [50, 40],
      [50, 40],
      [0, 0],
    ])
  })

  test('a note is written in Markdown and shown so', async () => {
    const desk = await here.open({ complaints: /inline event handler|404/ })
    await desk.fresh()
    await desk.command('Add a note')
    await expect.poll(() => desk.nodes.count()).toBe(1)
    await desk.node(1).locator('[data-edit]').dblclick()
    await desk
      .node(1)
      .getByRole('textbox', { name: 'Text of the note' })
      .fill('# Rain\n\nsee **this**, <img src=x onerror="document.title=1">')
    await desk.page.keyboard.press('Escape')
    await desk.node(1).getByRole('heading', { name: 'Rain' }).waitFor()
    await expect.poll(() => desk.node(1).locator('strong').innerText()).toBe('this')
    expect(await desk.page.title()).not.toBe('1')
    expect(JSON.stringify((await desk.exported()).nodes)).toContain('see **this**')
  })

  test('a link that does not fit is refused with a sentence, and nothing changes', async () => {
    const desk = await here.open()
    await desk.fresh()
    await desk.add({ x: 400, y: 250 }, 'text', 'Text')
    await desk.add({ x: 900, y: 250 }, 'save audio', 'Save Audio')
    const before = await desk.exported()
    await desk.drag(desk.socket(1, 'output', 'string'), desk.socket(2, 'input', 'audio'))
    await desk.notice('An input for AUDIO cannot take STRING.').waitFor()
    expect(await desk.exported()).toEqual(before)
  })

  test('a link is taken off, bent, and healed when its node goes', async () => {
    const desk = await here.open()
    await desk.fresh()
    await desk.add({ x: 300, y: 250 }, 'integer', 'Integer')
    await desk.drag(desk.socket(1, 'output', 'int'), { x: 560, y: 230 })
    await desk.choose('show', 'Show Value')
    await desk.drag(desk.node(2).locator('.socket[data-side=output]'), { x: 1000, y: 230 })
    await desk.choose('show', 'Show Value')
    await desk.pick(2)
    await desk.page.keyboard.press('Control+Delete')
    await expect
      .poll(async () => (await desk.exported()).links.map(([, from, , to]) => [from, to]))
      .toEqual([[1, 3]])
    await desk.drag(desk.socket(3, 'input', 'value'), { x: 800, y: 650 })
    await expect.poll(async () => (await desk.exported()).links).toEqual([])
  })
})

async function choose(desk: Desk, id: string, menu: string, item: string): Promise<void> {
  await desk.node(id).locator('header .title').click({ button: 'right' })
  await desk.page.getByRole('menuitem', { name: menu }).hover()
  await desk.page.getByRole('menuitem', { name: menu }).press('ArrowRight')
  await desk.page.getByRole('menuitem', { name: item }).click()
}

function typesOf(workflow: Workflow): string[] {
  return workflow.nodes.map((node) => node.type).sort()
}

function nodeOf(workflow: Workflow, id: number): Workflow['nodes'][number] {
  const found = workflow.nodes.find((node) => node.id === id)
  if (found === undefined) throw new Error(`no node ${id}`)
  return found
}

/** How far nodes lie from the first. */
function apart({ nodes }: Workflow): number[][] {
  return nodes.map(({ pos }) => [pos[0] - (nodes[0]?.pos[0] ?? 0), pos[1] - (nodes[0]?.pos[1] ?? 0)])
}
