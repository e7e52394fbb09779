/** The built editor before a real server: what is loaded, when it is seen, when it answers, what it leaves behind. */

import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { blank, heap } from './browser.mjs'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))

/** `patchbay serve` in a folder of its own. `PATCHBAY_PYTHON` names the Python that has its libraries. */
export async function serve() {
  const folder = mkdtempSync(join(tmpdir(), 'patchbay-bench-'))
  const own = join(ROOT, '.venv/bin/python')
  const python = process.env.PATCHBAY_PYTHON ?? (existsSync(own) ? own : 'python3')
  const child = spawn(
    python,
    ['-m', 'patchbay', 'serve', '--port', '0', '--cache', 'cache', '--user', 'user'],
    {
      cwd: folder,
      env: { ...process.env, PYTHONPATH: ROOT, PYTHONUNBUFFERED: '1' },
      stdio: ['ignore', 'pipe', 'pipe'],
    },
  )
  let told = ''
  const address = await new Promise((done, fail) => {
    const hear = (data) => {
      told += data
      const found = /listening on (http:\/\/\S+)/.exec(told)?.[1]
      if (found !== undefined) done(found)
    }
    child.stdout.on('data', hear)
    child.stderr.on('data', hear)
    child.once('exit', (code) => fail(new Error(`the server ended with ${code}: ${told}`)))
  })
  return {
    address,
    async close() {
      child.removeAllListeners('exit')
      const gone = new Promise((done) => child.once('exit', done))
      child.kill('SIGTERM')
      await gone
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** Runs in the page before anything of it: writes down when a letter typed in a field was on the screen. */
function watchFirstLetter() {
  const look = () => {
    const field = document.querySelector('.svelte-flow__node textarea')
    if (field === null) return requestAnimationFrame(look)
    field.value += 's'
    field.dispatchEvent(new InputEvent('input', { bubbles: true }))
    requestAnimationFrame(() => requestAnimationFrame(() => (window.answered = performance.now())))
  }
  requestAnimationFrame(look)
}

/** A first visit: milliseconds until something is painted and until a field answers, and the script it took. */
export async function visit(browser, address) {
  const page = await blank(browser)
  await page.addInitScript(watchFirstLetter)
  const scripts = []
  page.on('response', (response) => {
    if (response.request().resourceType() === 'script') scripts.push(response)
  })
  await page.goto(address)
  await page.waitForFunction(() => 'answered' in window)
  // What comes by itself a little later counts too.
  await page.waitForTimeout(1500)
  const times = await page.evaluate(() => ({
    paint: performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? Infinity,
    answer: window.answered,
  }))
  const bodies = await Promise.all(scripts.map((response) => response.body()))
  const sent = await Promise.all(
    scripts.map(async (response) => (await response.request().sizes()).responseBodySize),
  )
  await page.context().close()
  const sum = (sizes) => sizes.reduce((all, size) => all + size, 0) / 1000
  return {
    ...times,
    files: scripts.length,
    gzip: sum(bodies.map((body) => gzipSync(body, { level: 9 }).length)),
    sent: sum(sent),
  }
}

/** A text that is shown: two nodes, which run in no time. */
const WORKFLOW = {
  last_node_id: 2,
  last_link_id: 1,
  nodes: [
    {
      id: 1,
      type: 'Text',
      pos: [0, 0],
      size: [340, 154],
      outputs: [{ name: 'string', type: 'STRING', links: [1] }],
      widgets_values: ['rain on a tin roof'],
    },
    {
      id: 2,
      type: 'ShowValue',
      pos: [460, 0],
      size: [240, 120],
      inputs: [{ name: 'value', type: '*', link: 1 }],
      outputs: [{ name: 'value', type: '*', links: null }],
      widgets_values: [],
    },
  ],
  links: [[1, 1, 0, 2, 0, 'STRING']],
  version: 0.4,
}

/**
 * Runs in the page: lets go of a workflow's file over it, orders a run, and closes the tab, so many
 * times. All in one go: what a script from outside leaves behind with each call would count as well.
 */
async function lives({ text, count }) {
  const tabs = () => document.querySelectorAll('[role=tab]').length
  const began = tabs()
  const until = async (holds) => {
    const end = performance.now() + 20_000
    while (!holds()) {
      if (performance.now() > end) throw new Error(`waited in vain: ${holds}`)
      await new Promise(requestAnimationFrame)
    }
  }
  const press = (key, code, more) =>
    document.body.dispatchEvent(
      new KeyboardEvent('keydown', { key, code, bubbles: true, cancelable: true, ...more }),
    )
  const card = (rest) => document.querySelector(`.svelte-flow__node[data-id="2"] ${rest}`)
  for (let cycle = 0; cycle < count; cycle++) {
    const dataTransfer = new DataTransfer()
    dataTransfer.items.add(new File([text], 'measured.json'))
    const at = { bubbles: true, cancelable: true, clientX: 700, clientY: 450, dataTransfer }
    const pane = document.querySelector('.svelte-flow__pane')
    for (const type of ['dragover', 'drop']) pane.dispatchEvent(new DragEvent(type, at))
    await until(() => tabs() > began && card('.title')?.textContent.startsWith('Show'))
    press('Enter', 'Enter', { ctrlKey: true })
    await until(() => card(':is(.done, .cached)'))
    press('w', 'KeyW', { altKey: true })
    await until(() => tabs() === began && card(':is(.done, .cached)') === null)
  }
}

/** Megabytes before and after opening a workflow from a file, running it and closing its tab so often. */
export async function cycles(browser, address, count) {
  const page = await blank(browser)
  await page.goto(address)
  await page.locator('.svelte-flow__node').first().waitFor()
  await page.keyboard.press('Escape')
  const text = JSON.stringify(WORKFLOW)
  // Caches fill and code is compiled in the first ones.
  await page.evaluate(lives, { text, count: 30 })
  const before = await heap(page)
  await page.evaluate(lives, { text, count })
  const after = await heap(page)
  await page.context().close()
  return { before, after }
}
