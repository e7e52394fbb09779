/**
 * What the editor promises, measured, beside litegraph, React Flow and Svelte Flow in the same run.
 *
 *   npm run build && npm ci --prefix benchmarks/peers && npm run bench
 *
 * --only peers|canvas|start|cycles   one part
 * --runs 3       the best of so many: other work on the machine only takes frames away
 * --seconds 2    for each gesture
 * --cycles 300   of opening, running, closing
 * --json PATH    writes the figures
 *
 * The exit code is 1 when a promise does not hold.
 */

import { existsSync } from 'node:fs'
import { writeFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { browse, heap, open, site } from './browser.mjs'
import { GESTURES, ONLY_OURS, perform, typing } from './gestures.mjs'
import { Promises, table } from './report.mjs'
import { cycles, serve, visit } from './start.mjs'

const { values: asked } = parseArgs({
  options: {
    only: { type: 'string' },
    runs: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '2' },
    cycles: { type: 'string', default: '300' },
    json: { type: 'string' },
  },
})
const RUNS = Number(asked.runs)
const SECONDS = Number(asked.seconds)
const PEERS = { litegraph: 'litegraph', 'React Flow': 'reactflow', 'Svelte Flow': 'svelteflow' }
const OURS = 'Patchbay'

const browser = await browse()
const promises = new Promises()
const figures = {}
const wants = (part) => asked.only === undefined || asked.only === part

/** Opens a page again and again, and takes the best of each figure. */
async function best(address, gestures, more = async () => ({})) {
  let found
  for (let run = 0; run < RUNS; run++) {
    const page = await open(browser, address)
    const opened = await page.evaluate(() => performance.getEntriesByName('opened')[0].duration)
    const rows = await perform(page, gestures, SECONDS)
    const now = { opened, heap: await heap(page), rows, ...(await more(page)) }
    await page.context().close()
    found = found === undefined ? now : better(found, now)
  }
  return found
}

function better(a, b) {
  const rows = {}
  for (const [name, row] of Object.entries(a.rows)) {
    const other = b.rows[name]
    const wins = row.median > other.median || (row.median === other.median && row.slowest >= other.slowest)
    rows[name] = wins ? row : other
  }
  const typing = a.typing && (a.typing.median < b.typing.median ? a.typing : b.typing)
  return { rows, typing, opened: Math.min(a.opened, b.opened), heap: Math.min(a.heap, b.heap) }
}

async function besidePeers() {
  if (!existsSync(fileURLToPath(new URL('peers/node_modules', import.meta.url))))
    throw new Error('the peers are not installed: npm ci --prefix benchmarks/peers')
  const [ours, theirs] = [await site('canvas'), await site('peers')]
  for (const nodes of [1000, 3000]) {
    const tools = { [OURS]: await best(`${ours.address}/?plain&nodes=${nodes}`, GESTURES) }
    for (const [name, page] of Object.entries(PEERS))
      tools[name] = await best(`${theirs.address}/${page}.html?nodes=${nodes}`, GESTURES)
    figures[`peers ${nodes}`] = tools
    table(`${nodes.toLocaleString('en')} nodes of four widgets`, OURS, tools)
  }
  await ours.close()
  await theirs.close()
}

async function canvas() {
  const ours = await site('canvas')
  const gestures = { ...GESTURES, ...ONLY_OURS }
  for (const nodes of [1000, 5000]) {
    const found = await best(`${ours.address}/?nodes=${nodes}`, gestures, async (page) => ({
      typing: await typing(page),
    }))
    figures[`canvas ${nodes}`] = found
    const many = nodes > 1000
    const name = nodes.toLocaleString('en')
    promises.say(`${name} real nodes: open until drawn`, found.opened, 'ms', many ? 2000 : undefined)
    for (const [gesture, row] of Object.entries(found.rows)) {
      const least = gesture.includes('1,000 events')
        ? 50
        : many
          ? gesture.startsWith('pan')
            ? 30
            : undefined
          : 55
      const told = gesture.includes('every') ? undefined : least
      promises.fps(`${name}: ${gesture}`, row, told)
    }
    promises.say(
      `${name}: work for a letter typed, a frame is 16.7`,
      found.typing.median,
      'ms',
      many ? undefined : 16.7,
    )
  }
  await ours.close()
}

async function starting(server) {
  const visits = []
  for (let run = 0; run < RUNS; run++) visits.push(await visit(browser, server.address))
  const least = (key) => Math.min(...visits.map((one) => one[key]))
  figures.start = visits
  promises.say('first paint', least('paint'), 'ms', 1000)
  promises.say('a letter typed into the tape is seen', least('answer'), 'ms', 2000)
  promises.say(`script of the first visit, ${visits[0].files} files, gzip`, least('gzip'), 'kB', 400)
  promises.say('the same as it was sent', least('sent'), 'kB')
}

async function again(server) {
  const count = Number(asked.cycles)
  // The engine compiles what runs often, and keeps it: here it does not, so that only what the page keeps counts.
  const plain = await browse('--jitless')
  const { before, after } = await cycles(plain, server.address, count)
  await plain.close()
  figures.cycles = { count, before, after }
  promises.say(`heap before ${count} times open, run, close`, before, 'MB')
  promises.say('heap after', after, 'MB')
  promises.say('growth', (after / before - 1) * 100, '%', 10)
}

if (wants('peers')) await besidePeers()
if (wants('canvas')) await canvas()
if (wants('start') || wants('cycles')) {
  const server = await serve()
  try {
    if (wants('start')) await starting(server)
    if (wants('cycles')) await again(server)
  } finally {
    await server.close()
  }
}
await browser.close()
if (asked.json) await writeFile(asked.json, JSON.stringify(figures, null, 1))
process.exitCode = promises.end()
