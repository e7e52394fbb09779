/** One page of the editor, as somebody who sits before it uses it. */

import { readFileSync } from 'node:fs'
import { expect } from 'vitest'
import type { Locator, Page } from 'playwright-core'
import type { Server } from './server'

export interface Place {
  readonly x: number
  readonly y: number
}

/** How a node's card says that it is. */
export type State = 'waiting' | 'running' | 'cached' | 'done' | 'failed' | 'skipped' | ''

const NOTHING = /^$/

export class Desk {
  readonly canvas: Locator
  readonly search: Locator
  private readonly said: string[] = []

  private constructor(
    readonly page: Page,
    readonly server: Server,
    private readonly allowed: RegExp,
  ) {
    this.canvas = page.locator('main .svelte-flow')
    this.search = page.getByRole('dialog', { name: 'Add a node' })
    page.on('pageerror', (error) => this.said.push(`${error.message} ${error.stack ?? ''}`))
    page.on('console', (message) => {
      const { url, lineNumber } = message.location()
      const bad = message.type() === 'error' || message.type() === 'warning'
      if (bad) this.said.push(`${message.text()} (${url}:${lineNumber})`)
    })
  }

  static async open(page: Page, server: Server, allowed = NOTHING): Promise<Desk> {
    const desk = new Desk(page, server, allowed)
    page.setDefaultTimeout(10_000)
    await page.goto(server.url)
    await desk.ready()
    return desk
  }

  /** Mistakes that the page made and complaints of the browser that nobody expected. */
  complaints(): string[] {
    return this.said.filter((text) => !this.allowed.test(text))
  }

  async ready(): Promise<void> {
    await this.page.locator('main [role=tab], [role=tab][aria-selected=true]').first().waitFor()
    await this.canvas.waitFor()
  }

  async reload(): Promise<void> {
    await this.page.reload()
    await this.ready()
  }

  /** Until the page has drawn what it knows: sizes first, then what follows from them. */
  async frames(): Promise<void> {
    await this.page.evaluate(async () => {
      for (let count = 0; count < 4; count += 1) await new Promise(requestAnimationFrame)
    })
  }

  // ---- tabs and commands ----------------------------------------------------------------------

  get tabs(): Locator {
    return this.page.getByRole('tab')
  }

  get tab(): Locator {
    return this.page.locator('[role=tab][aria-selected=true]')
  }

  /** Begins an empty workflow in a tab of its own. */
  async fresh(): Promise<void> {
    const before = await this.tabs.count()
    await this.page.getByRole('button', { name: 'New workflow' }).first().click()
    await expect.poll(() => this.tabs.count()).toBe(before + 1)
    await this.page.getByText('An empty page.').waitFor()
    await this.canvas.focus()
  }

  /** Does what the palette lists under this title. */
  async command(title: string): Promise<void> {
    await this.page.keyboard.press('Control+k')
    const palette = this.page.getByRole('dialog', { name: 'All commands' })
    await palette.getByRole('combobox').fill(title)
    const item = palette.getByRole('option').filter({ has: this.page.getByText(title, { exact: true }) })
    await item.first().click()
    await palette.waitFor({ state: 'hidden' })
  }

  /** The workflow as it would be saved. */
  async exported(): Promise<Workflow> {
    const [download] = await Promise.all([this.page.waitForEvent('download'), this.command('Export')])
    return JSON.parse(readFileSync(await download.path(), 'utf8')) as Workflow
  }

  /** Opens a file as if it was let go over the canvas. */
  async drop(name: string, data: Uint8Array | string, at: Place = { x: 700, y: 450 }): Promise<void> {
    const bytes = Buffer.from(data).toString('base64')
    await this.page.evaluate(
      ({ bytes, name, at }) => {
        const raw = Uint8Array.from(atob(bytes), (sign) => sign.charCodeAt(0))
        const dataTransfer = new DataTransfer()
        dataTransfer.items.add(new File([raw], name))
        const target = document.elementFromPoint(at.x, at.y) ?? document.body
        for (const type of ['dragover', 'drop']) {
          const init = { bubbles: true, cancelable: true, clientX: at.x, clientY: at.y, dataTransfer }
          target.dispatchEvent(new DragEvent(type, init))
        }
      },
      { bytes, name, at },
    )
  }

  /** What was said to screen readers so far. */
  async heard(): Promise<string[]> {
    return this.page.evaluate(() => (window as unknown as { heard: string[] }).heard.slice())
  }

  notice(text: string | RegExp): Locator {
    return this.page.locator('.notices .notice').filter({ hasText: text })
  }

  // ---- the graph ------------------------------------------------------------------------------

  get nodes(): Locator {
    return this.page.locator('.svelte-flow__node')
  }

  node(id: number | string): Locator {
    return this.page.locator(`.svelte-flow__node[data-id="${id}"]`)
  }

  named(title: string): Locator {
    return this.nodes.filter({ has: this.page.locator('header .title').getByText(title, { exact: true }) })
  }

  socket(id: number | string, side: 'input' | 'output', name: string): Locator {
    return this.node(id).locator(`.socket[data-side=${side}][data-name="${name}"]`)
  }

  field(id: number | string, name: string): Locator {
    return this.node(id).locator(`#widget-${id}-${name}`)
  }

  /** Types a value into a field and leaves it. */
  async set(id: number | string, name: string, value: string): Promise<void> {
    const field = this.field(id, name)
    await field.click()
    await field.fill(value)
    await field.blur()
  }

  /** Adds a node by double click on an empty place. */
  async add(at: Place, words: string, title: string): Promise<void> {
    await this.page.mouse.dblclick(at.x, at.y)
    await this.choose(words, title)
  }

  /** Types into the search and takes the first that it offers, which has to be this one. */
  async choose(words: string, title: string): Promise<void> {
    await this.search.waitFor()
    await this.page.keyboard.type(words)
    await expect
      .poll(() => this.search.getByRole('option', { selected: true }).locator('.title').innerText())
      .toBe(title)
    await this.page.keyboard.press('Enter')
    await this.search.waitFor({ state: 'hidden' })
  }

  /** Drags from the middle of one thing to another, or to a place of the page. */
  async drag(from: Locator | Place, to: Locator | Place, keys: readonly string[] = []): Promise<void> {
    const start = 'x' in from ? from : await middle(from)
    const end = 'x' in to ? to : await middle(to)
    for (const key of keys) await this.page.keyboard.down(key)
    await this.page.mouse.move(start.x, start.y)
    await this.page.mouse.down()
    await this.page.mouse.move((start.x + end.x) / 2, (start.y + end.y) / 2, { steps: 3 })
    await this.page.mouse.move(end.x, end.y, { steps: 3 })
    await this.page.mouse.up()
    for (const key of keys) await this.page.keyboard.up(key)
  }

  /** Selects nodes by clicking their titles. */
  async pick(...ids: readonly (number | string)[]): Promise<void> {
    for (const [index, id] of ids.entries()) {
      await this.node(id)
        .locator('header .title')
        .click(index > 0 ? { modifiers: ['Shift'] } : {})
    }
  }

  async state(id: number | string): Promise<State> {
    const words = (await this.node(id).locator('.card').getAttribute('class'))?.split(/\s+/) ?? []
    const states: State[] = ['waiting', 'running', 'cached', 'done', 'failed', 'skipped']
    return states.find((state) => words.includes(state)) ?? ''
  }

  /** Waits until these nodes are so, by id. */
  async become(wanted: { readonly [id: string]: State }, timeout = 45_000): Promise<void> {
    const now = async () =>
      Object.fromEntries(await Promise.all(Object.keys(wanted).map(async (id) => [id, await this.state(id)])))
    await expect.poll(now, { timeout }).toEqual(wanted)
  }

  async run(): Promise<void> {
    await this.page.getByRole('button', { name: 'Run', exact: true }).click()
  }
}

export interface Workflow {
  readonly nodes: readonly {
    readonly id: number
    readonly type: string
    readonly title?: string
    readonly mode: number
    readonly pos: readonly [number, number]
    readonly flags: { readonly [name: string]: unknown }
    readonly color?: string
    readonly widgets_values?: unknown
    readonly inputs?: readonly { readonly name: string; readonly link: number | null }[]
  }[]
  readonly links: readonly (readonly [number, number, number, number, number, string])[]
  readonly groups: readonly {
    readonly title: string
    readonly bounding: readonly number[]
    readonly color?: string
  }[]
  readonly definitions?: {
    readonly subgraphs: readonly {
      readonly name: string
      readonly nodes: readonly { readonly type: string }[]
    }[]
  }
  readonly [name: string]: unknown
}

async function middle(thing: Locator): Promise<Place> {
  const box = await thing.boundingBox()
  if (box === null) throw new Error('there is nothing to drag')
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 }
}
