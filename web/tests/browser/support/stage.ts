/** A browser and a server for the tests of one file, and a page for each. */

import { mkdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium, type Browser, type BrowserContext, type BrowserContextOptions } from 'playwright-core'
import { afterAll, afterEach, beforeAll, expect, inject, type TestContext } from 'vitest'
import { Desk } from './desk'
import { browserPath } from './programs'
import { Server, type Asked } from './server'

/** Why there is nothing to test with here; '' if there is. */
export const lacking = inject('lacking')
const FAILED = join(tmpdir(), 'patchbay-failed')

export interface Wanted extends BrowserContextOptions {
  /** Whether it is somebody's first visit: then the tour begins. */
  readonly first?: boolean
  readonly settings?: { readonly [name: string]: unknown }
  readonly server?: Server
  /** The context of a page that is open already: another tab beside it. */
  readonly beside?: Desk
  /** What the page may complain about, such as a server that was killed. */
  readonly complaints?: RegExp
}

export class Stage {
  server!: Server
  browser!: Browser
  private readonly desks: Desk[] = []
  private readonly contexts: BrowserContext[] = []
  private readonly servers: Server[] = []

  /** Opens the editor as somebody who has been there before. */
  async open(wanted: Wanted = {}): Promise<Desk> {
    const { first = false, settings = {}, server = this.server, beside, complaints, ...more } = wanted
    const context = beside?.page.context() ?? (await this.context(first, settings, more))
    const desk = await Desk.open(await context.newPage(), server, complaints)
    this.desks.push(desk)
    return desk
  }

  /** Another server, for a test that stops it or writes where others read. */
  async serve(asked: Asked = {}): Promise<Server> {
    const server = await Server.start(asked)
    this.servers.push(server)
    return server
  }

  async clear(task: TestContext['task']): Promise<void> {
    const failed = task.result?.state === 'fail'
    if (failed) await this.picture(task.name)
    const complaints = this.desks.flatMap((desk) => desk.complaints())
    this.desks.length = 0
    await Promise.all(this.contexts.splice(0).map((context) => context.close()))
    await Promise.all(this.servers.splice(0).map((server) => server.stop()))
    if (!failed) expect(complaints).toEqual([])
    else if (complaints.length > 0) console.warn(task.name, complaints)
  }

  private async context(
    first: boolean,
    settings: object,
    more: BrowserContextOptions,
  ): Promise<BrowserContext> {
    const context = await this.browser.newContext({
      viewport: { width: 1440, height: 900 },
      locale: 'en-GB',
      ...more,
    })
    this.contexts.push(context)
    const kept = JSON.stringify({ tourSeen: !first, reducedMotion: true, ...settings })
    await context.addInitScript((text) => {
      if (localStorage.getItem('patchbay.settings') === null) localStorage.setItem('patchbay.settings', text)
    }, kept)
    await context.addInitScript(listen)
    return context
  }

  private async picture(name: string): Promise<void> {
    mkdirSync(FAILED, { recursive: true })
    for (const [index, { page }] of this.desks.entries()) {
      const path = join(FAILED, `${name.replace(/[^a-z0-9]+/gi, '-').slice(0, 80)}-${index}.png`)
      await page.screenshot({ path }).catch(() => undefined)
      console.warn(`${name}: see ${path}`)
    }
  }
}

/** Runs in the page: remembers what was said to screen readers and what ever played, and where warnings come from. */
function listen(): void {
  const heard: string[] = []
  const played = new Set<HTMLMediaElement>()
  Object.assign(window, { heard, played })
  const warn = console.warn.bind(console)
  console.warn = (...words: unknown[]) => warn(...words, new Error('from').stack)
  const play = HTMLMediaElement.prototype.play
  HTMLMediaElement.prototype.play = function (this: HTMLMediaElement) {
    played.add(this)
    return play.call(this)
  }
  new MutationObserver(() => {
    const text = document.querySelector('.spoken')?.textContent.trim() ?? ''
    if (text !== '' && text !== heard.at(-1)) heard.push(text)
  }).observe(document, { subtree: true, childList: true, characterData: true })
}

/** Sets the stage for a file: call it once, outside of its tests. `args` are further ones of the browser. */
export function stage(asked: Asked | null = {}, args: readonly string[] = []): Stage {
  const made = new Stage()
  beforeAll(async () => {
    if (lacking !== '') return
    made.browser = await chromium.launch({
      executablePath: browserPath(),
      args: ['--no-sandbox', '--autoplay-policy=no-user-gesture-required', ...args],
    })
    if (asked !== null) made.server = await Server.start(asked)
  })
  afterEach(async ({ task }) => made.clear(task))
  afterAll(async () => {
    await (made.browser as Browser | undefined)?.close()
    await (made.server as Server | undefined)?.stop()
  })
  return made
}
