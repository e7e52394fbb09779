/** Pages in Chromium: builds them, serves them, opens them. */

import { spawnSync } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import { readFile, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { chromium } from 'playwright-core'

const TYPES = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css' }

/** Builds what `benchmarks/NAME/vite.config.ts` says and serves it on a port of its own. */
export async function site(name) {
  const folder = mkdtempSync(join(tmpdir(), `patchbay-${name}-`))
  const config = fileURLToPath(new URL(`${name}/vite.config.ts`, import.meta.url))
  const { status } = spawnSync('npx', ['vite', 'build', '-c', config, '--logLevel', 'error'], {
    stdio: 'inherit',
    cwd: fileURLToPath(new URL('..', import.meta.url)),
    env: { ...process.env, OUT: folder },
  })
  if (status !== 0) throw new Error(`the pages of ${name} could not be built: see above`)
  const server = createServer(async (request, response) => {
    const path = new URL(request.url ?? '/', 'http://x').pathname
    try {
      const body = await readFile(join(folder, path === '/' ? 'index.html' : path))
      response.writeHead(200, { 'content-type': TYPES[extname(path)] ?? 'text/html' }).end(body)
    } catch {
      response.writeHead(404).end()
    }
  })
  await new Promise((done) => server.listen(0, '127.0.0.1', done))
  return {
    address: `http://127.0.0.1:${server.address().port}`,
    async close() {
      server.close()
      await rm(folder, { recursive: true, force: true })
    },
  }
}

/** Without a graphics card Chromium draws by the processor, which is the harder case. */
export async function browse(engine = '') {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--enable-precise-memory-info', `--js-flags=--expose-gc ${engine}`],
  })
}

/** A page in a context of its own; what it complains about is shown. */
export async function blank(browser, size = { width: 1440, height: 900 }) {
  const context = await browser.newContext({ viewport: size })
  const page = await context.newPage()
  page.setDefaultTimeout(60_000)
  page.on('pageerror', (error) => console.error('page error:', error.message))
  return page
}

/** A measured page once its graph is on the screen. */
export async function open(browser, address) {
  const page = await blank(browser)
  await page.goto(address)
  await page.waitForFunction(() => 'bench' in window)
  return page
}

/** Megabytes that are reachable. */
export async function heap(page) {
  return page.evaluate(async () => {
    window.gc?.()
    await new Promise((done) => setTimeout(done, 300))
    window.gc?.()
    return performance.memory.usedJSHeapSize / 2 ** 20
  })
}
