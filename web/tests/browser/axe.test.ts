/** What axe-core finds in every part of the page, light and dark. */

import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { describe, expect, test } from 'vitest'
import type { Desk } from './support/desk'
import { GATE } from './support/packs'
import { lacking, stage } from './support/stage'

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

interface Finding {
  readonly id: string
  readonly impact: string | null
  readonly nodes: readonly { readonly html: string; readonly failureSummary?: string }[]
}

/** Serious and critical findings, as people read them. */
async function findings(desk: Desk): Promise<string[]> {
  await desk.page.evaluate(AXE)
  const found = await desk.page.evaluate(async () => {
    const { axe } = window as unknown as { axe: { run(options: object): Promise<{ violations: Finding[] }> } }
    return (await axe.run({ resultTypes: ['violations'] })).violations
  })
  return found
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .flatMap(({ id, nodes }) =>
      nodes.map(
        (node) => `${id}: ${node.html.slice(0, 160)} ${node.failureSummary?.replace(/\s+/g, ' ') ?? ''}`,
      ),
    )
}

/** Every state of the page that is looked at, in an order in which each leads to the next. */
const STATES: readonly (readonly [string, (desk: Desk) => Promise<unknown>])[] = [
  ['the tape', (desk) => desk.named('Tape').waitFor()],
  ['a node with an error', (desk) => failing(desk)],
  [
    'the search',
    async (desk) => {
      await desk.canvas.focus()
      await desk.page.keyboard.press('Tab')
      await desk.search.waitFor()
    },
  ],
  ['the palette', (desk) => dialog(desk, 'Control+k', 'All commands')],
  ['settings', (desk) => dialog(desk, 'Control+,', 'Settings')],
  ['shortcuts', (desk) => dialog(desk, '?', 'Keyboard shortcuts')],
  ['save as', (desk) => dialog(desk, 'Control+Shift+s', 'Save as …')],
  ['open', (desk) => dialog(desk, 'Control+o', 'Open')],
  [
    'templates',
    async (desk) => {
      await desk.command('Templates …')
      await desk.page.getByRole('dialog', { name: 'Templates' }).waitFor()
    },
  ],
  ['nodes', (desk) => panel(desk, 'Nodes')],
  ['workflows', (desk) => panel(desk, 'Workflows')],
  ['the queue', (desk) => panel(desk, 'Queue')],
  ['the history', (desk) => panel(desk, 'History')],
  ['engines', (desk) => panel(desk, 'Engines')],
  ['packs', (desk) => panel(desk, 'Packs')],
  [
    'a menu',
    async (desk) => {
      await desk.node(1).locator('header .title').click({ button: 'right' })
      await desk.page.getByRole('menu').waitFor()
    },
  ],
  ['the tour', (desk) => desk.command('Show me around')],
]

describe.skipIf(lacking !== '')('axe', () => {
  const here = stage({ pack: { 'gate.py': GATE } })

  test.each(['light', 'dark'] as const)('finds nothing serious in %s', async (theme) => {
    const desk = await here.open({ settings: { theme } })
    // Each once, with where it was seen first.
    const found = new Map<string, string>()
    for (const [name, show] of STATES) {
      await show(desk)
      for (const finding of await findings(desk)) if (!found.has(finding)) found.set(finding, name)
      if (name !== 'the tape') await desk.page.keyboard.press('Escape')
    }
    expect(Object.fromEntries(found)).toEqual({})
  })
})

async function dialog(desk: Desk, keys: string, name: string): Promise<void> {
  await expect.poll(() => desk.page.getByRole('dialog').count()).toBe(0)
  await desk.canvas.focus()
  await desk.page.keyboard.press(keys)
  await desk.page.getByRole('dialog', { name }).waitFor()
}

async function panel(desk: Desk, name: string): Promise<void> {
  await expect.poll(() => desk.page.getByRole('dialog').count()).toBe(0)
  await desk.page
    .getByRole('navigation', { name: 'Panels' })
    .getByRole('button', { name, exact: true })
    .click()
  await desk.page.getByRole('complementary', { name }).waitFor()
}

/** A run of which one node fails, so that the history and the queue have something to show. */
async function failing(desk: Desk): Promise<void> {
  await desk.fresh()
  await desk.add({ x: 500, y: 250 }, 'integer', 'Integer')
  await desk.drag(desk.socket(1, 'output', 'int'), { x: 800, y: 230 })
  await desk.choose('fall over', 'Fall Over')
  await desk.drag(desk.node(2).locator('.socket[data-side=output]'), { x: 1120, y: 230 })
  await desk.choose('show', 'Show Value')
  await desk.drag(desk.socket(1, 'output', 'int'), { x: 800, y: 560 })
  await desk.choose('show', 'Show Value')
  await desk.page.keyboard.press('Control+Enter')
  await desk.become({ 2: 'failed', 3: 'skipped' })
  await desk.node(4).getByText('0', { exact: true }).waitFor()
}
