/** Moves the camera while something is dragged near the edge of the window: the nearer, the faster. */

import type { Point, Size } from '../../core/document'

/** Pixels from the edge in which it begins, and its speed at the edge in pixels a second. */
const EDGE = 44
const FASTEST = 900
/** A window smaller than some edges has a middle in which it rests. */
const MOST_SHARE = 0.2
/** A step after a pause is no longer than this. */
const MOST_SECONDS = 0.05

/** Pixels a second that the camera moves with the pointer here. */
export function speedAt({ x, y }: Point, { width, height }: Size): Point {
  return { x: along(x, width), y: along(y, height) }
}

function along(place: number, length: number): number {
  const edge = Math.min(EDGE, length * MOST_SHARE)
  const depth = place < edge ? place - edge : Math.max(0, place - (length - edge))
  const share = Math.max(-1, Math.min(1, depth / edge))
  return FASTEST * share * Math.abs(share)
}

export interface Scrolling {
  readonly size: () => Size
  /** Moves the camera by pixels of the screen. */
  readonly pan: (by: Point) => void
  /** The camera moved under a pointer that rests. */
  readonly moved: () => void
}

export function scrolling({ size, pan, moved }: Scrolling) {
  let speed: Point = { x: 0, y: 0 }
  let frame = 0
  let last = 0

  function step(now: number): void {
    const seconds = Math.min(MOST_SECONDS, (now - last) / 1000)
    last = now
    pan({ x: speed.x * seconds, y: speed.y * seconds })
    moved()
    frame = speed.x === 0 && speed.y === 0 ? 0 : requestAnimationFrame(step)
  }

  return {
    /** The pointer is here now. */
    at(point: Point): void {
      speed = speedAt(point, size())
      if (frame !== 0 || (speed.x === 0 && speed.y === 0)) return
      last = performance.now()
      frame = requestAnimationFrame(step)
    },
    stop(): void {
      cancelAnimationFrame(frame)
      frame = 0
    },
  }
}
