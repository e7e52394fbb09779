/** What a person does who has never seen the page: from nothing to music, and back. */

import { describe, expect, test } from 'vitest'
import type { Desk, Workflow } from './support/desk'
import { heardPlaying, measured } from './support/sound'
import { lacking, stage } from './support/stage'

const SILENCE = 0.01
const SECONDS = '12'

describe.skipIf(lacking !== '')('a person', () => {
  const here = stage()

  test('wires the tape from nothing, hears it, changes it, takes all back, and finds it again', async () => {
    const desk = await here.open({ first: true })
    await beginAnew(desk)
    const empty = await desk.exported()
    expect(empty.nodes).toEqual([])

    await wireTheTape(desk)
    const wired = await desk.exported()
    expect(wired.nodes.map((node) => node.type)).toEqual([
      'Text',
      'LLMPlanner',
      'MusicGenChunk',
      'Continue',
      'SaveAudio',
    ])
    expect(linksOf(wired)).toEqual([
      ['1 string', '2 text'],
      ['2 recipe', '3 recipe'],
      ['2 recipe', '4 recipe'],
      ['3 audio', '4 audio'],
      ['4 audio', '5 audio'],
    ])

    await desk.set(1, 'value', 'rain on a tin roof')
    await desk.set(2, 'seconds', SECONDS)
    await desk.set(3, 'seconds', SECONDS)
    await desk.set(4, 'seconds', SECONDS)
    await desk.set(5, 'filename_prefix', 'first')
    await desk.page.keyboard.press('Control+Enter')
    await desk.become({ 1: 'done', 2: 'done', 3: 'done', 4: 'done', 5: 'done' })
    await listenTo(desk)

    await desk.set(5, 'filename_prefix', 'second')
    await desk.run()
    await desk.become({ 1: 'cached', 2: 'cached', 3: 'cached', 4: 'cached', 5: 'done' })
    await desk.set(1, 'value', 'sun on a tin roof')
    await desk.run()
    await desk.become({ 1: 'done', 2: 'done', 3: 'done', 4: 'done', 5: 'done' })

    await makeSubgraph(desk)
    const nested = await desk.exported()
    expect(nested.nodes.map((node) => node.title ?? node.type).sort()).toEqual([
      'LLMPlanner',
      'SaveAudio',
      'Text',
      'The music',
    ])
    expect(nested.definitions?.subgraphs.map((graph) => graph.nodes.map((node) => node.type))).toEqual([
      ['MusicGenChunk', 'Continue'],
    ])

    const back = await undoAll(desk)
    expect(drawn(back.at(-1))).toEqual(drawn(empty))
    expect(await redoAll(desk)).toEqual([...back].reverse().slice(1))
    expect(await desk.exported()).toEqual(nested)

    const tabs = await desk.tabs.allInnerTexts()
    await desk.run()
    await desk.become({ 1: 'cached', 2: 'cached', 5: 'cached' })
    await desk.reload()
    await expect.poll(() => desk.tabs.allInnerTexts()).toEqual(tabs)
    expect(await desk.exported()).toEqual(nested)
    await desk.become({ 1: 'cached', 2: 'cached', 5: 'cached' })
    await desk
      .node(5)
      .getByRole('group', { name: /Sound: second_/ })
      .waitFor()
  })
})

async function beginAnew(desk: Desk): Promise<void> {
  const tour = desk.page.getByRole('dialog', { name: 'Welcome to Patchbay' })
  await tour.getByRole('button', { name: 'Skip' }).click()
  await tour.waitFor({ state: 'hidden' })
  expect(await desk.tabs.allInnerTexts()).toEqual(['Lofi tape'])
  await desk.fresh()
}

/** By double click, by links let go over nothing, by dragging and by keys. */
async function wireTheTape(desk: Desk): Promise<void> {
  await desk.add({ x: 300, y: 200 }, 'text', 'Text')
  await desk.drag(desk.socket(1, 'output', 'string'), { x: 560, y: 230 })
  await desk.choose('planner', 'LLM Planner')
  await desk.add({ x: 1150, y: 200 }, 'music gen', 'Music Gen Chunk')
  await desk.drag(desk.socket(2, 'output', 'recipe'), desk.socket(3, 'input', 'recipe'))
  await byKeys(desk)
  await desk.drag(desk.socket(2, 'output', 'recipe'), desk.socket(4, 'input', 'recipe'))
  await desk.drag(desk.socket(4, 'output', 'audio'), { x: 1000, y: 640 })
  await desk.choose('save', 'Save Audio')
  await desk.page.keyboard.press('Escape')
  await desk.page.keyboard.press('Control+Shift+L')
  await expect.poll(() => desk.heard()).toContain('Arranged')
}

/** Adds Continue and connects its audio without the mouse. */
async function byKeys(desk: Desk): Promise<void> {
  await desk.canvas.focus()
  await desk.page.keyboard.press('Tab')
  await desk.choose('continue', 'Continue')
  await expect.poll(() => desk.node(4).evaluate((card) => card === document.activeElement)).toBe(true)
  await desk.page.keyboard.press('Enter')
  await desk.page.keyboard.press('ArrowUp')
  await desk.socket(4, 'input', 'audio').focus()
  await desk.page.keyboard.press('Enter')
  await expect
    .poll(async () => (await desk.heard()).at(-1))
    .toBe('Output audio, AUDIO of Music Gen Chunk, 1 of 1.')
  await desk.page.keyboard.press('Enter')
  await expect.poll(async () => (await desk.heard()).at(-1)).toBe('Linked.')
}

async function listenTo(desk: Desk): Promise<void> {
  await desk.node(5).getByRole('button', { name: 'Play', exact: true }).click()
  const url = await heardPlaying(desk)
  expect(new URL(url).searchParams.get('filename')).toBe('first_00001_.flac')
  const found = await measured(desk, url)
  expect(found.seconds).toBeGreaterThan(2 * Number(SECONDS) - 4)
  expect(found.rms).toBeGreaterThan(SILENCE)
  await desk.node(5).getByRole('button', { name: 'Pause', exact: true }).click()
}

async function makeSubgraph(desk: Desk): Promise<void> {
  await desk.pick(3, 4)
  await desk.page.keyboard.press('Control+Shift+e')
  await desk.page.getByRole('textbox', { name: 'Title of the node' }).fill('The music')
  await desk.page.keyboard.press('Enter')
  const music = desk.named('The music')
  await music.getByRole('button', { name: 'Open the subgraph The music' }).click()
  await desk.named('Continue').waitFor()
  await expect.poll(() => desk.nodes.count()).toBe(2)
  const path = desk.page.getByRole('navigation', { name: 'Where you are' })
  expect(await path.getByRole('button').allInnerTexts()).toEqual(['Untitled', 'The music'])
  await desk.canvas.focus()
  await desk.page.keyboard.press('Escape')
  await path.waitFor({ state: 'hidden' })
  await music.waitFor()
}

/** The workflow after each step that was taken back. */
async function undoAll(desk: Desk): Promise<Workflow[]> {
  const found = [await desk.exported()]
  const button = desk.page.getByRole('button', { name: 'Undo' })
  while (await button.isEnabled()) {
    await button.click()
    found.push(await desk.exported())
  }
  return found
}

/** The workflow after each step that was made again, without the last, which is where it began. */
async function redoAll(desk: Desk): Promise<Workflow[]> {
  const found: Workflow[] = []
  const button = desk.page.getByRole('button', { name: 'Redo' })
  while (await button.isEnabled()) {
    await button.click()
    found.push(await desk.exported())
  }
  return found
}

/** What is drawn; ids are counted on even after undo. */
function drawn(workflow: Workflow | undefined): object {
  return { ...workflow, last_node_id: 0, last_link_id: 0 }
}

/** Links as people say them, `1 string` to `2 text`. */
function linksOf(workflow: Workflow): string[][] {
  const named = (id: number, side: 'inputs' | 'outputs', slot: number): string => {
    const node = workflow.nodes.find((each) => each.id === id) as unknown as {
      [side: string]: { name: string }[]
    }
    return `${id} ${node[side]?.[slot]?.name ?? '?'}`
  }
  return workflow.links
    .map(([, from, output, to, input]) => [named(from, 'outputs', output), named(to, 'inputs', input)])
    .sort()
}
