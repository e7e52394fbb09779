/**
 * Frames per second of the canvas while hands work on it, for graphs of several sizes.
 * `node benchmarks/canvas/measure.mjs [sizes…]`; SECONDS=3 per gesture; JSON=path writes the figures.
 *
 * The hands are events sent in the page, one each frame, through the same code as a person's.
 * Frames are the times between calls of requestAnimationFrame: median, and the slowest twentieth.
 */

import { writeFile } from 'node:fs/promises'
import { browse, build, open, serve } from './page.mjs'

const SECONDS = Number(process.env.SECONDS ?? 3)
const sizes = process.argv.slice(2).map(Number).filter(Number.isFinite)

const GESTURES = {
  'pan, near': { zoom: 1, hands: 'pan' },
  'pan, at the smallest cards': { zoom: 0.56, hands: 'pan' },
  'pan, far': { zoom: 0.25, hands: 'pan' },
  'pan, all in view': { zoom: null, hands: 'pan' },
  'zoom in and out over the border': { zoom: 0.9, hands: 'zoom' },
  'zoom, all in view': { zoom: null, hands: 'zoom' },
  'drag a node, near': { zoom: 1, hands: 'drag' },
  'drag a node, all in view': { zoom: null, hands: 'drag' },
  'drag every node, all in view': { zoom: null, hands: 'drag', every: true },
  'pan near in a run, 1,000 events a second': { zoom: 1, hands: 'pan', events: true },
}

/** Runs in the page. */
async function gesture({ zoom, hands, every, events, seconds }) {
  const { canvas, editor } = window
  const host = document.querySelector('.canvas')
  const pane = host.querySelector('.svelte-flow__pane')
  const size = { width: host.clientWidth, height: host.clientHeight }
  const settle = (time) => new Promise((done) => setTimeout(done, time))
  const nodes = [...editor.graph.nodes.values()]
  const middle = nodes[Math.floor(nodes.length / 2) + Math.floor(Math.sqrt(nodes.length) / 2)]
  editor.select(every ? { nodes: new Set(editor.graph.nodes.keys()) } : {})
  if (zoom === null) canvas.fit()
  else
    canvas.setCamera({
      x: middle.pos.x - size.width / zoom / 2,
      y: middle.pos.y - size.height / zoom / 2,
      zoom,
    })
  await settle(1200)

  const look = canvas.camera()
  const start = { x: (middle.pos.x + 60 - look.x) * look.zoom, y: (middle.pos.y - 12 - look.y) * look.zoom }
  const element = hands === 'drag' ? (document.elementFromPoint(start.x, start.y) ?? pane) : pane
  const send = (target, type, kind, point, more = {}) =>
    target.dispatchEvent(
      new kind(type, {
        bubbles: true,
        cancelable: true,
        view: window,
        clientX: point.x,
        clientY: point.y,
        button: 0,
        buttons: 1,
        pointerId: 1,
        isPrimary: true,
        pointerType: 'mouse',
        ...more,
      }),
    )
  const from = hands === 'drag' ? start : { x: size.width / 2, y: 8 }
  const at = (time) => ({ x: from.x + Math.sin(time * 1.7) * 300, y: from.y + Math.sin(time * 1.1) * 200 })
  // Panning starts with the middle button: it works wherever the pointer is.
  const press = hands === 'drag' ? {} : { button: 1, buttons: 4 }
  if (hands !== 'zoom') {
    send(element, 'pointerdown', PointerEvent, from, press)
    send(element, 'mousedown', MouseEvent, from, press)
  }
  if (events) editor.run.status = 'running'
  let told = 0
  // Each event is of another node that is near the middle, with progress, as the socket tells it.
  const telling =
    events &&
    setInterval(() => {
      for (let event = 0; event < 10; event++, told++) {
        const { id } = nodes[(Math.floor(nodes.length / 2) - 25 + (told % 50)) % nodes.length]
        editor.run.nodes.set(id, {
          status: 'running',
          progress: (told % 100) / 100,
          secondsLeft: 3,
          seconds: null,
          since: null,
          reason: '',
          engine: '',
          error: null,
          preview: null,
          output: null,
        })
      }
    }, 10)
  const cards = []
  const frames = []
  const long = []
  const watch = new PerformanceObserver((list) =>
    long.push(...list.getEntries().map((entry) => entry.duration)),
  )
  watch.observe({ type: 'longtask' })
  await new Promise((done) => {
    const begin = performance.now()
    let last = begin
    const step = (now) => {
      if (now > begin) frames.push(now - last)
      last = now
      const time = (now - begin) / 1000
      cards.push(canvas.counted().cards)
      if (time > seconds) return done()
      if (hands === 'zoom')
        send(
          pane,
          'wheel',
          WheelEvent,
          { x: size.width / 2, y: size.height / 2 },
          { deltaY: Math.sin(time * 2.2) > 0 ? 40 : -40 },
        )
      else {
        send(window, 'pointermove', PointerEvent, at(time), press)
        send(window, 'mousemove', MouseEvent, at(time), press)
      }
      requestAnimationFrame(step)
    }
    requestAnimationFrame(step)
  })
  watch.disconnect()
  clearInterval(telling)
  if (events) {
    editor.run.status = ''
    editor.run.nodes.clear()
  }
  send(window, 'pointerup', PointerEvent, at(seconds), press)
  send(window, 'mouseup', MouseEvent, at(seconds), press)
  await settle(300)
  const sorted = frames.slice(2).toSorted((a, b) => a - b)
  const part = (share) => 1000 / sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]
  return {
    median: part(0.5),
    slowest: part(0.95),
    worst: sorted.at(-1),
    frames: sorted.length,
    cards: Math.max(...cards),
    elements: document.querySelectorAll('*').length,
    long: long.length,
    moved:
      hands === 'zoom'
        ? Math.abs(canvas.camera().zoom / look.zoom - 1)
        : Math.abs(canvas.camera().x - look.x) +
          Math.abs((editor.graph.nodes.get(middle.id)?.pos.x ?? 0) - middle.pos.x),
  }
}

/** Runs in the page: milliseconds from a letter typed in a text area until it is on the screen. */
async function typing() {
  const { canvas, editor } = window
  const node = [...editor.graph.nodes.values()].find(({ type }) => type === 'Text' || type === 'LLMPlanner')
  if (node === undefined) return null
  canvas.setCamera({ x: node.pos.x - 300, y: node.pos.y - 200, zoom: 1 })
  await new Promise((done) => setTimeout(done, 800))
  const area = document.querySelector(`[data-id="${node.id}"] textarea`)
  area.focus()
  const times = []
  const busy = []
  for (let letter = 0; letter < 60; letter++) {
    await new Promise((done) => setTimeout(done, 40))
    const start = performance.now()
    area.value += 'a'
    area.dispatchEvent(new InputEvent('input', { bubbles: true }))
    busy.push(performance.now() - start)
    await new Promise((done) => requestAnimationFrame(() => setTimeout(done, 0)))
    times.push(performance.now() - start)
  }
  times.sort((a, b) => a - b)
  busy.sort((a, b) => a - b)
  return { median: times[30], slowest: times[57], handler: busy[30] }
}

async function heap(page) {
  return page.evaluate(async () => {
    window.gc?.()
    await new Promise((done) => setTimeout(done, 200))
    return performance.memory.usedJSHeapSize / 2 ** 20
  })
}

build()
const server = await serve()
const browser = await browse({ args: process.env.FLAGS?.split(' ') })
const figures = {}
for (const nodes of sizes.length > 0 ? sizes : [1000, 3000, 5000]) {
  const page = await open(browser, server.address, { nodes })
  const opened = await page.evaluate(() => performance.getEntriesByName('opened')[0].duration)
  const start = await heap(page)
  console.log(`\n${nodes} nodes: opened in ${opened.toFixed(0)} ms, heap ${start.toFixed(1)} MB`)
  const rows = {}
  for (const [name, options] of Object.entries(GESTURES)) {
    const row = await page.evaluate(gesture, { ...options, seconds: SECONDS })
    rows[name] = row
    console.log(
      `  ${name.padEnd(41)} ${row.median.toFixed(0).padStart(3)} fps, slowest twentieth ${row.slowest.toFixed(0).padStart(3)}, worst ${row.worst.toFixed(0)} ms, ${row.cards} cards, ${row.elements} elements${row.moved > 0.001 ? '' : '  NOTHING MOVED'}`,
    )
  }
  const letters = await page.evaluate(typing)
  const end = await heap(page)
  console.log(
    `  typing: ${letters?.median.toFixed(1)} ms until drawn, slowest twentieth ${letters?.slowest.toFixed(1)} ms, handler ${letters?.handler.toFixed(1)} ms; heap after all ${end.toFixed(1)} MB`,
  )
  figures[nodes] = { opened, heap: { start, end }, gestures: rows, typing: letters }
  await page.context().close()
}
await browser.close()
server.close()
if (process.env.JSON) await writeFile(process.env.JSON, JSON.stringify(figures, null, 1))
