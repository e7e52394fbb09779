/**
 * Pictures of every state of the page, at a desk's and a phone's size, light and dark, to be looked at:
 * `SCREENSHOTS=folder npx vitest run -c vitest.browser.config.ts`.
 */

import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, test } from 'vitest'
import type { Desk } from './support/desk'
import { GATE } from './support/packs'
import { lacking, stage, type Stage } from './support/stage'

const FOLDER = process.env.SCREENSHOTS ?? ''
const SIZES = {
  desk: { viewport: { width: 1440, height: 900 } },
  phone: { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true, deviceScaleFactor: 2 },
} as const
const THEMES = ['light', 'dark'] as const
const LANGUAGES = ['en'] as const

/** What is done for each picture; the page is as the one before left it. */
const STATES: readonly (readonly [string, (desk: Desk) => Promise<unknown>])[] = [
  ['01-tour', (desk) => desk.page.getByRole('dialog', { name: 'Welcome to Patchbay' }).waitFor()],
  ['02-tape', (desk) => desk.page.getByRole('button', { name: 'Skip' }).click()],
  [
    '03-empty',
    async (desk) => {
      await desk.page.getByRole('button', { name: 'New workflow' }).first().click()
      await desk.page.getByText('An empty page.').waitFor()
    },
  ],
  [
    '04-search',
    async (desk) => {
      await desk.page.getByRole('button', { name: 'Add a node' }).first().click()
      await desk.search.waitFor()
      await desk.page.keyboard.type('audio')
    },
  ],
  ['05-failed', (desk) => failed(desk)],
  ['06-running', (desk) => running(desk)],
  ['07-queue', (desk) => panel(desk, 'Queue')],
  [
    '08-done',
    async (desk) => {
      desk.server.write('shots.gate', '')
      await desk.page.getByText('Nothing waits.').waitFor()
      await closePanel(desk, 'Queue')
    },
  ],
  ['09-music', (desk) => music(desk)],
  ['10-history', (desk) => panel(desk, 'History')],
  [
    '11-nodes',
    async (desk) => {
      await closePanel(desk, 'History')
      await panel(desk, 'Nodes')
    },
  ],
  [
    '12-help',
    async (desk) => {
      await desk.page.getByRole('searchbox', { name: 'Find a node' }).fill('music')
      await desk.page.getByRole('button', { name: 'What Music Gen Chunk does' }).click()
    },
  ],
  [
    '13-workflows',
    async (desk) => {
      await closePanel(desk, 'Nodes')
      await panel(desk, 'Workflows')
    },
  ],
  [
    '14-engines',
    async (desk) => {
      await closePanel(desk, 'Workflows')
      await panel(desk, 'Engines')
    },
  ],
  [
    '15-packs',
    async (desk) => {
      await closePanel(desk, 'Engines')
      await panel(desk, 'Packs')
    },
  ],
  [
    '16-settings',
    async (desk) => {
      await closePanel(desk, 'Packs')
      await dialog(desk, 'Control+,', 'Settings')
    },
  ],
  ['17-palette', (desk) => dialog(desk, 'Control+k', 'All commands')],
  ['18-shortcuts', (desk) => dialog(desk, '?', 'Keyboard shortcuts')],
  ['19-templates', (desk) => command(desk, 'Templates …', 'Templates')],
  ['20-save-as', (desk) => dialog(desk, 'Control+Shift+s', 'Save as …')],
  ['21-open', (desk) => dialog(desk, 'Control+o', 'Open')],
  ['22-run-many', (desk) => command(desk, 'Run many times …', 'Run many times')],
  [
    '23-menu',
    async (desk) => {
      await away(desk)
      await desk.node(1).locator('header .title').click({ button: 'right' })
      await desk.page.getByRole('menu').waitFor()
    },
  ],
  ['24-subgraph', (desk) => subgraph(desk)],
  [
    '25-offline',
    async (desk) => {
      await desk.server.crash()
      await desk.page.getByText('The server does not answer.').waitFor()
    },
  ],
]

describe.skipIf(lacking !== '' || FOLDER === '')('pictures', () => {
  const here = stage(null)

  for (const size of Object.keys(SIZES) as (keyof typeof SIZES)[]) {
    for (const theme of THEMES) {
      for (const language of LANGUAGES) {
        test(`${size} ${theme} ${language}`, () => shoot(here, size, theme, language))
      }
    }
  }
})

async function shoot(here: Stage, size: keyof typeof SIZES, theme: string, language: string): Promise<void> {
  const server = await here.serve({ pack: { 'gate.py': GATE } })
  const desk = await here.open({
    server,
    first: true,
    settings: { theme, language },
    complaints: /./,
    ...SIZES[size],
  })
  desk.page.setDefaultTimeout(8_000)
  mkdirSync(FOLDER, { recursive: true })
  for (const [name, show] of STATES) {
    try {
      await show(desk)
    } catch (error) {
      console.warn(`${size} ${theme} ${name}: ${String(error).split('\n').slice(0, 3).join(' ')}`)
    }
    await settled(desk)
    await desk.page.screenshot({ path: join(FOLDER, `${size}-${theme}-${name}.png`) })
  }
}

/** Until nothing moves any more and all pictures are there. */
async function settled(desk: Desk): Promise<void> {
  await desk.page.evaluate(async () => {
    await Promise.all(
      document
        .getAnimations()
        .filter((one) => one.effect?.getComputedTiming().iterations !== Infinity)
        .map((one) => one.finished.catch(() => undefined)),
    )
    await Promise.all([...document.images].map((image) => image.decode().catch(() => undefined)))
    for (let frames = 0; frames < 20; frames += 1) await new Promise(requestAnimationFrame)
  })
}

async function away(desk: Desk): Promise<void> {
  for (let times = 0; times < 3 && (await desk.page.getByRole('dialog').count()) > 0; times += 1) {
    await desk.page.keyboard.press('Escape')
    await settled(desk)
  }
}

async function dialog(desk: Desk, keys: string, name: string): Promise<void> {
  await away(desk)
  await desk.canvas.focus()
  await desk.page.keyboard.press(keys)
  await desk.page.getByRole('dialog', { name }).waitFor()
}

async function command(desk: Desk, title: string, name: string): Promise<void> {
  await away(desk)
  await desk.command(title)
  await desk.page.getByRole('dialog', { name }).waitFor()
}

async function panel(desk: Desk, name: string): Promise<void> {
  await away(desk)
  await desk.page
    .getByRole('navigation', { name: 'Panels' })
    .getByRole('button', { name, exact: true })
    .click()
  await desk.page.getByRole('complementary', { name }).waitFor()
}

async function closePanel(desk: Desk, name: string): Promise<void> {
  await desk.page
    .getByRole('navigation', { name: 'Panels' })
    .getByRole('button', { name, exact: true })
    .click()
  await desk.page.getByRole('complementary', { name }).waitFor({ state: 'hidden' })
}

const at = (
  id: number,
  type: string,
  pos: readonly [number, number],
  size: readonly [number, number],
  more: object,
) => ({
  id,
  type,
  pos,
  size,
  flags: {},
  order: id,
  mode: 0,
  properties: {},
  ...more,
})

async function failed(desk: Desk): Promise<void> {
  await away(desk)
  const workflow = {
    version: 0.4,
    last_node_id: 4,
    last_link_id: 3,
    nodes: [
      at(1, 'Integer', [0, 0], [240, 100], {
        outputs: [{ name: 'int', type: 'INT', links: [1, 3] }],
        widgets_values: [42],
      }),
      at(2, 'FallOver', [330, -60], [240, 100], {
        inputs: [{ name: 'value', type: 'INT', link: 1, widget: { name: 'value' } }],
        outputs: [{ name: 'int', type: 'INT', links: [2] }],
        widgets_values: [0],
      }),
      at(3, 'ShowValue', [660, -60], [240, 120], {
        inputs: [{ name: 'value', type: '*', link: 2 }],
        outputs: [],
      }),
      at(4, 'ShowValue', [330, 160], [240, 120], {
        inputs: [{ name: 'value', type: '*', link: 3 }],
        outputs: [],
      }),
    ],
    links: [
      [1, 1, 0, 2, 0, 'INT'],
      [2, 2, 0, 3, 0, 'INT'],
      [3, 1, 0, 4, 0, 'INT'],
    ],
  }
  await open(desk, 'failed', JSON.stringify(workflow))
  await desk.page.keyboard.press('Control+Enter')
  await desk.page.getByRole('alert').filter({ hasText: 'the stone is too heavy' }).first().waitFor()
}

async function running(desk: Desk): Promise<void> {
  const workflow = {
    version: 0.4,
    last_node_id: 2,
    last_link_id: 1,
    nodes: [
      at(1, 'WaitForFile', [0, 0], [240, 100], {
        outputs: [{ name: 'int', type: 'INT', links: [1] }],
        widgets_values: ['shots'],
      }),
      at(2, 'ShowValue', [330, 0], [240, 120], {
        inputs: [{ name: 'value', type: '*', link: 1 }],
        outputs: [],
      }),
    ],
    links: [[1, 1, 0, 2, 0, 'INT']],
  }
  await open(desk, 'running', JSON.stringify(workflow))
  await desk.page.keyboard.press('Control+Enter')
  await desk.page.keyboard.press('Control+Enter')
  await desk.page.getByRole('button', { name: 'Stop' }).waitFor()
}

async function open(desk: Desk, name: string, text: string): Promise<void> {
  await desk.drop(`${name}.json`, text, { x: 200, y: 400 })
  await desk.page.getByRole('tab', { name, selected: true }).waitFor()
}

/** The tape, short, as it is when it has run. */
async function music(desk: Desk): Promise<void> {
  const tape = await desk.page.evaluate(async () =>
    (await fetch('api/v1/workflows/shipped/lofi-tape.json')).text(),
  )
  const short = tape
    .replaceAll('"seconds": 60', '"seconds": 12')
    .replaceAll('"auto", 60', '"auto", 12')
    .replaceAll('"seconds": 30', '"seconds": 12')
    .replaceAll('"auto", 30', '"auto", 12')
  await open(desk, 'short-tape', short)
  await desk.page.keyboard.press('Control+Enter')
  await desk.page.getByRole('button', { name: 'Stop' }).waitFor()
  await desk.page.getByRole('button', { name: 'Stop' }).waitFor({ state: 'hidden', timeout: 60_000 })
}

async function subgraph(desk: Desk): Promise<void> {
  await desk.page.keyboard.press('Escape')
  await desk.canvas.focus()
  await desk.page.keyboard.press('Control+a')
  await desk.page.keyboard.press('Control+Shift+e')
  await desk.page.getByRole('textbox', { name: 'Title of the node' }).fill('The music')
  await desk.page.keyboard.press('Enter')
  await desk.named('The music').getByRole('button', { name: 'Open the subgraph The music' }).click()
  await desk.page.getByRole('navigation', { name: 'Where you are' }).waitFor()
}
