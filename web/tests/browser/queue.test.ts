/** Jobs that wait, run and have run. */

import { describe, expect, test } from 'vitest'
import type { Desk } from './support/desk'
import { lacking, stage } from './support/stage'
import { GATE } from './support/packs'

describe.skipIf(lacking !== '')('the queue', () => {
  const here = stage({ pack: { 'gate.py': GATE }, more: ['--debug'] })

  /** A tab with a node that waits for a file of this name. */
  async function gated(desk: Desk, name: string): Promise<void> {
    await desk.fresh()
    await desk.add({ x: 700, y: 300 }, 'wait for file', 'Wait For File')
    await desk.set(1, 'name', name)
    await desk.canvas.focus()
    await desk.page.keyboard.press('Control+s')
    await desk.page.getByRole('textbox', { name: 'Name', exact: true }).fill(name)
    await desk.page.keyboard.press('Enter')
    await desk.notice(`Saved as ${name}`).waitFor()
  }

  test('jobs that wait are moved, held back, let go, removed; one that runs is stopped', async () => {
    const desk = await here.open()
    for (const name of ['first', 'second', 'third', 'fourth']) {
      await gated(desk, name)
      await desk.page.keyboard.press('Control+Enter')
      await expect.poll(() => desk.heard()).toContain('Queued')
    }
    await desk.page.getByRole('button', { name: 'Queue', exact: true }).click()
    const waiting = desk.page.getByRole('list', { name: 'Waiting jobs, the next one first' })
    const running = desk.page.getByRole('list', { name: 'Running jobs' })
    const names = (list: typeof waiting) => list.getByRole('listitem').locator('strong').allInnerTexts()
    await expect.poll(() => names(running)).toEqual(['first'])
    await expect.poll(() => names(waiting)).toEqual(['second', 'third', 'fourth'])

    await desk.page
      .getByRole('button', { name: 'Move fourth: drag, or Alt with an arrow' })
      .press('Alt+ArrowUp')
    await expect.poll(() => names(waiting)).toEqual(['second', 'fourth', 'third'])
    await waiting
      .getByRole('listitem')
      .filter({ hasText: 'third' })
      .dragTo(waiting.getByRole('listitem').filter({ hasText: 'second' }))
    await expect.poll(() => names(waiting)).toEqual(['third', 'second', 'fourth'])
    await desk.page.getByRole('button', { name: 'Run fourth next' }).click()
    await expect.poll(() => names(waiting)).toEqual(['fourth', 'third', 'second'])

    await desk.page.getByRole('button', { name: 'Remove third' }).click()
    await expect.poll(() => names(waiting)).toEqual(['fourth', 'second'])
    await desk.page.getByRole('button', { name: 'Hold fourth back' }).click()
    await desk.page.getByRole('button', { name: 'Let fourth run' }).waitFor()
    await desk.page.getByRole('button', { name: 'Stop first' }).click()
    await expect.poll(() => names(running)).toEqual(['second'])
    expect(await names(waiting)).toEqual(['fourth'])
    here.server.write('second.gate', '')
    await expect.poll(() => names(running)).toEqual([])
    await desk.page.getByRole('button', { name: 'Begin no more jobs' }).click()
    await desk.page.getByText('No more jobs are begun until you press play.').waitFor()
    await desk.page.getByRole('button', { name: 'Let fourth run' }).click()
    await desk.page.getByRole('button', { name: 'Go on with the queue' }).click()
    await expect.poll(() => names(running)).toEqual(['fourth'])
    here.server.write('fourth.gate', '')
    await desk.page.getByText('Nothing waits. Press Run to hear something.').waitFor()

    await desk.page.getByRole('button', { name: 'History', exact: true }).click()
    const search = desk.page.getByRole('searchbox', { name: 'Words in prompts, titles and ids' })
    await search.fill('second')
    const found = desk.page.getByRole('complementary', { name: 'History' }).getByRole('listitem')
    await expect.poll(() => found.count()).toBe(1)
    await search.fill('first')
    await expect.poll(async () => (await found.allInnerTexts()).join()).toMatch(/stopped/)
    await search.fill('nowhere at all')
    await desk.page.getByText('Nothing in the history has these words.').waitFor()
  })

  test('a workflow runs many times with another seed each time, and two results are compared', async () => {
    const desk = await here.open()
    await desk.fresh()
    await desk.add({ x: 300, y: 250 }, 'planner', 'LLM Planner')
    await desk.set(1, 'text', 'a quiet harbour')
    await desk.drag(desk.socket(1, 'output', 'recipe'), { x: 640, y: 230 })
    await desk.choose('music gen', 'Music Gen Chunk')
    await desk.set(2, 'seconds', '8')
    await desk.drag(desk.socket(2, 'output', 'audio'), { x: 1000, y: 230 })
    await desk.choose('save audio', 'Save Audio')
    await desk.set(3, 'filename_prefix', 'many')
    await desk.node(2).getByRole('button', { name: 'After each run: stays' }).click()
    await desk.page.getByRole('option', { name: 'goes up by one' }).click()
    await desk.set(2, 'seed', '40')
    await desk.command('Run many times …')
    await desk.page.getByRole('spinbutton', { name: 'How often' }).fill('3')
    await desk.page.keyboard.press('Enter')
    await desk.notice('3 runs queued').waitFor()
    await expect.poll(() => desk.field(2, 'seed').inputValue()).toBe('43')
    await desk.become({ 1: 'cached', 2: 'done', 3: 'done' })

    await desk.page.getByRole('button', { name: 'History', exact: true }).click()
    const panel = desk.page.getByRole('complementary', { name: 'History' })
    await panel.getByRole('searchbox').fill('harbour')
    await expect.poll(() => panel.getByRole('listitem').count()).toBe(3)
    for (const index of [0, 1])
      await panel
        .getByRole('button', { name: /^Choose .+ for comparing$/ })
        .nth(index)
        .click()
    await panel.getByRole('button', { name: 'Compare', exact: true }).click()
    const dialog = desk.page.getByRole('dialog', { name: 'Side by side' })
    await dialog.getByRole('button', { name: 'Play' }).click()
    await dialog.getByText(/Matched in loudness|equally loud/).waitFor()
    const position = async () => Number(await dialog.getByRole('slider').getAttribute('aria-valuenow'))
    await expect.poll(position).toBeGreaterThan(0.3)
    await dialog.getByRole('button', { name: 'Hear B' }).click()
    await expect
      .poll(() => dialog.getByRole('button', { name: 'Hear B' }).getAttribute('aria-pressed'))
      .toBe('true')
    await desk.page.keyboard.press('Escape')
    await dialog.waitFor({ state: 'hidden' })
    await panel
      .getByRole('button', { name: /^Open the graph of/ })
      .last()
      .click()
    await expect.poll(() => desk.field(2, 'seed').inputValue()).toBe('40')
    await desk.become({ 3: 'done' })
  })

  test('a run to one node runs nothing else, and a failure is told on the node with its traceback', async () => {
    const desk = await here.open()
    await desk.fresh()
    await desk.add({ x: 400, y: 250 }, 'integer', 'Integer')
    await desk.drag(desk.socket(1, 'output', 'int'), { x: 700, y: 230 })
    await desk.choose('fall over', 'Fall Over')
    await desk.drag(desk.node(2).locator('.socket[data-side=output]'), { x: 1050, y: 230 })
    await desk.choose('show', 'Show Value')
    await desk.drag(desk.socket(1, 'output', 'int'), { x: 700, y: 600 })
    await desk.choose('show', 'Show Value')
    await desk.pick(4)
    await desk.command('Run to this node')
    await desk.become({ 1: 'done', 2: '', 3: '', 4: 'done' })
    await desk.page.keyboard.press('Control+Enter')
    await desk.become({ 1: 'cached', 2: 'failed', 3: 'skipped', 4: 'cached' })
    await desk.node(2).getByRole('alert').getByText('the stone is too heavy').waitFor()
    await desk.node(2).getByRole('button', { name: 'Where it happened' }).click()
    const trace = desk.page.getByRole('dialog', { name: 'What went wrong in Fall Over' }).getByRole('region')
    const lines = (await trace.innerText()).split('\n')
    expect(lines[0]).toBe('Traceback (most recent call last):')
    expect(lines.at(-1)).toBe('ValueError: the stone is too heavy')
  })
})
