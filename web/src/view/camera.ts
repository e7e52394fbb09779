/** Where the canvas looks. `x`, `y`: the graph's coordinates at the window's top left corner. */

import type { Box, Point, Size } from '../core/document'

export interface Look {
  readonly x: number
  readonly y: number
  readonly zoom: number
}

export const LEAST_ZOOM = 0.03
export const MOST_ZOOM = 4
/** Windows narrower than this cannot show a graph as a whole. */
const NARROW = 700
/** Where the fields of a node can be read on a phone. */
const READABLE = 0.75
/** Below the first, text in widgets is under 6 pixels: cards leave; above the second they come back. */
export const FAR_BELOW = 0.46
export const NEAR_ABOVE = 0.52

export function toGraph(look: Look, screen: Point): Point {
  return { x: look.x + screen.x / look.zoom, y: look.y + screen.y / look.zoom }
}

export function toScreen(look: Look, point: Point): Point {
  return { x: (point.x - look.x) * look.zoom, y: (point.y - look.y) * look.zoom }
}

/** What of the graph is seen in a window of this size. */
export function seen(look: Look, size: Size): Box {
  return { x: look.x, y: look.y, width: size.width / look.zoom, height: size.height / look.zoom }
}

/** Scales so that what lies under the point on the screen stays there. */
export function zoomedAt(look: Look, screen: Point, zoom: number): Look {
  const next = Math.min(MOST_ZOOM, Math.max(LEAST_ZOOM, zoom))
  const fixed = toGraph(look, screen)
  return { x: fixed.x - screen.x / next, y: fixed.y - screen.y / next, zoom: next }
}

/** A look at all of a box, no closer than `closest`. */
export function fitted(box: Box, size: Size, closest = 1, margin = 60): Look {
  const room = { width: Math.max(1, size.width - 2 * margin), height: Math.max(1, size.height - 2 * margin) }
  const wanted = Math.min(room.width / Math.max(1, box.width), room.height / Math.max(1, box.height), closest)
  const zoom = Math.min(MOST_ZOOM, Math.max(LEAST_ZOOM, wanted))
  return {
    x: box.x + box.width / 2 - size.width / zoom / 2,
    y: box.y + box.height / 2 - size.height / zoom / 2,
    zoom,
  }
}

/** Where one begins: at all of a box, but on a phone at its beginning, large enough to be read. */
export function opening(box: Box, size: Size): Look {
  const whole = fitted(box, size)
  if (size.width >= NARROW || whole.zoom >= READABLE) return whole
  const { y } = zoomedAt(whole, { x: 0, y: size.height / 2 }, READABLE)
  return { x: box.x - 16 / READABLE, y, zoom: READABLE }
}

/** The least move that brings a box into the window; the same look if it is in. */
export function revealed(look: Look, box: Box, size: Size, margin = 40): Look {
  const edge = margin / look.zoom
  const view = seen(look, size)
  const along = (start: number, length: number, from: number, extent: number): number => {
    if (extent + 2 * edge > length || from - edge < start) return from - edge
    return from + extent + edge > start + length ? from + extent + edge - length : start
  }
  const x = along(look.x, view.width, box.x, box.width)
  const y = along(look.y, view.height, box.y, box.height)
  return x === look.x && y === look.y ? look : { ...look, x, y }
}

/** Between two looks, for a move of a fraction of a second. */
export function between(from: Look, to: Look, share: number): Look {
  const eased = 1 - (1 - share) ** 3
  const zoom = from.zoom * (to.zoom / from.zoom) ** eased
  // The centre travels as the window's corner cannot: its speed depends on the scale.
  const part = from.zoom === to.zoom ? eased : (1 / zoom - 1 / from.zoom) / (1 / to.zoom - 1 / from.zoom)
  return { x: from.x + (to.x - from.x) * part, y: from.y + (to.y - from.y) * part, zoom }
}
