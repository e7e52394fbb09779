/** The built page in Chromium: builds if asked, serves, opens. */

import { spawnSync } from 'node:child_process'
import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { extname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { chromium } from 'playwright-core'

const FOLDER = '/tmp/patchbay-canvas'
const TYPES = { '.html': 'text/html', '.js': 'text/javascript', '.css': 'text/css' }

export function build() {
  const config = fileURLToPath(new URL('vite.config.ts', import.meta.url))
  const { status } = spawnSync('npx', ['vite', 'build', '-c', config, '--logLevel', 'error'], {
    stdio: 'inherit',
  })
  if (status !== 0) throw new Error('the page could not be built: see above')
}

export async function serve() {
  const server = createServer(async (request, response) => {
    const path = new URL(request.url ?? '/', 'http://x').pathname
    try {
      const body = await readFile(join(FOLDER, path === '/' ? 'index.html' : path))
      response.writeHead(200, { 'content-type': TYPES[extname(path)] ?? 'text/html' }).end(body)
    } catch {
      response.writeHead(404).end()
    }
  })
  await new Promise((done) => server.listen(0, '127.0.0.1', done))
  return { address: `http://127.0.0.1:${server.address().port}`, close: () => server.close() }
}

/** Without a graphics card Chromium draws by the processor, which is the harder case. */
export async function browse(options = {}) {
  return chromium.launch({
    executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium',
    args: ['--no-sandbox', '--enable-precise-memory-info', '--js-flags=--expose-gc', ...(options.args ?? [])],
  })
}

export async function open(
  browser,
  address,
  { nodes = 1000, theme = 'light', width = 1440, height = 900, ...rest } = {},
) {
  const context = await browser.newContext({ viewport: { width, height }, ...rest })
  const page = await context.newPage()
  page.on('pageerror', (error) => console.error('page error:', error.message))
  page.on(
    'console',
    (message) =>
      ['error', 'warning'].includes(message.type()) && console.error(`${message.type()}:`, message.text()),
  )
  await page.goto(`${address}/?nodes=${nodes}&theme=${theme}`)
  await page.waitForFunction(() => performance.getEntriesByName('opened').length > 0)
  return page
}
