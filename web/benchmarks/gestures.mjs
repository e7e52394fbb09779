/**
 * Hands on a canvas, whichever it is. They are events sent in the page, one each frame, which go
 * through the same code as a person's. Frames are the times between calls of requestAnimationFrame.
 */

export const GESTURES = {
  'pan, near': { zoom: 1, hands: 'pan' },
  'pan, all in view': { zoom: null, hands: 'pan' },
  'zoom, near': { zoom: 0.9, hands: 'zoom' },
  'zoom, all in view': { zoom: null, hands: 'zoom' },
  'drag a node, near': { zoom: 1, hands: 'drag' },
  'drag a node, all in view': { zoom: null, hands: 'drag' },
}

export const ONLY_OURS = {
  'drag every node, all in view': { zoom: null, hands: 'drag', every: true },
  'pan in a run, 1,000 events a second': { zoom: 1, hands: 'pan', events: true },
}

/** Runs in the page; `zoom` null: everything is in view. */
async function gesture({ zoom, hands, every = false, events = false, seconds }) {
  const { bench } = window
  const { pane } = bench
  const size = { width: innerWidth, height: innerHeight }
  const rest = (time) => new Promise((done) => setTimeout(done, time))
  const { ids } = bench
  const middle = ids[Math.floor(ids.length / 2) + Math.floor(Math.sqrt(ids.length) / 2)]
  bench.select(every)
  const place = bench.place(middle)
  if (zoom === null) {
    const all = ids.map((id) => bench.place(id))
    const [right, down] = [Math.max(...all.map(({ x }) => x)) + 300, Math.max(...all.map(({ y }) => y)) + 300]
    const fit = Math.min(size.width / (right + 200), size.height / (down + 200))
    bench.setLook({ x: -100, y: -100, zoom: fit })
  } else bench.setLook({ x: place.x - size.width / zoom / 2, y: place.y - size.height / zoom / 2, zoom })
  await rest(1000)

  const look = bench.look()
  const held = {
    x: (place.x + bench.grip.x - look.x) * look.zoom,
    y: (place.y + bench.grip.y - look.y) * look.zoom,
  }
  const from = hands === 'drag' ? held : { x: size.width / 2, y: size.height - 20 }
  const target = hands === 'drag' ? (document.elementFromPoint(held.x, held.y) ?? pane) : pane
  // Panning by the middle button works wherever the pointer is.
  const press = hands === 'drag' ? { button: 0, buttons: 1 } : { button: 1, buttons: 4 }
  const send = (element, type, kind, point, more = {}) =>
    element.dispatchEvent(
      new kind(type, {
        bubbles: true,
        cancelable: true,
        view: window,
        clientX: point.x,
        clientY: point.y,
        pointerId: 1,
        isPrimary: true,
        pointerType: 'mouse',
        ...more,
      }),
    )
  const both = (element, what, point, more) => {
    send(element, `pointer${what}`, PointerEvent, point, more)
    send(element, `mouse${what}`, MouseEvent, point, more)
  }
  const at = (time) => ({ x: from.x + Math.sin(time * 1.7) * 250, y: from.y - Math.sin(time * 1.1) * 180 })
  if (hands !== 'zoom') both(target, 'down', from, press)
  const telling = events && setInterval(() => window.tell(10), 10)
  const frames = []
  let elements = 0
  await new Promise((done) => {
    const begin = performance.now()
    let last = begin
    const step = (now) => {
      if (now > begin) frames.push(now - last)
      last = now
      const time = (now - begin) / 1000
      if (time > seconds) return done()
      if (hands === 'zoom')
        send(
          pane,
          'wheel',
          WheelEvent,
          { x: size.width / 2, y: size.height / 2 },
          { deltaY: Math.sin(time * 2.2) > 0 ? 40 : -40, buttons: 0 },
        )
      else both(pane, 'move', at(time), { ...press, button: -1 })
      if (frames.length % 10 === 0) elements = Math.max(elements, document.querySelectorAll('*').length)
      requestAnimationFrame(step)
    }
    requestAnimationFrame(step)
  })
  clearInterval(telling)
  if (events) window.hush()
  const now = bench.look()
  both(pane, 'up', at(seconds), { ...press, buttons: 0 })
  await rest(300)
  const moved =
    hands === 'drag'
      ? Math.abs(bench.place(middle).x - place.x)
      : Math.abs(now.zoom / look.zoom - 1) + Math.abs(now.x - look.x)
  const sorted = frames.slice(2).toSorted((a, b) => a - b)
  const part = (share) => 1000 / sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))]
  return { median: part(0.5), slowest: part(0.95), elements, moved: moved > 0.001 }
}

/** Does each gesture; frames a second, the median and the slowest twentieth. Throws if hands did nothing. */
export async function perform(page, gestures, seconds) {
  const rows = {}
  for (const [name, options] of Object.entries(gestures)) {
    const row = await page.evaluate(gesture, { ...options, seconds })
    if (!row.moved) throw new Error(`${page.url()}: nothing moved in '${name}'`)
    rows[name] = row
  }
  return rows
}

/**
 * Runs in the page: milliseconds of work for a letter typed in a field, in the event itself and in the
 * frame that shows it, its layout and painting included. Within one frame it is seen in the next one.
 */
async function letters() {
  const { bench, editor } = window
  const node = [...editor.graph.nodes.values()].find(({ type }) => type === 'Text' || type === 'LLMPlanner')
  bench.setLook({ x: node.pos.x - 300, y: node.pos.y - 200, zoom: 1 })
  await new Promise((done) => setTimeout(done, 800))
  const area = document.querySelector(`[data-id="${node.id}"] textarea`)
  area.focus()
  const times = []
  for (let letter = 0; letter < 60; letter++) {
    await new Promise((done) => setTimeout(done, 40))
    // Asked for before the page asks for its own: it is called first.
    const frame = new Promise((done) =>
      requestAnimationFrame(() => {
        const start = performance.now()
        setTimeout(() => done(performance.now() - start))
      }),
    )
    const start = performance.now()
    area.value += 'a'
    area.dispatchEvent(new InputEvent('input', { bubbles: true }))
    await Promise.resolve()
    const handled = performance.now() - start
    times.push(handled + (await frame))
  }
  times.sort((a, b) => a - b)
  return { median: times[30], slowest: times[57] }
}

export function typing(page) {
  return page.evaluate(letters)
}
