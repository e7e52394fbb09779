/** The lines of links: cubic curves that leave and arrive level, one from each point to the next. */

import type { Box, Point } from './document'

export interface Curve {
  readonly start: Point
  readonly first: Point
  readonly second: Point
  readonly end: Point
}

/** How far a curve keeps level before it turns: half the way, within these. */
const LEAST_REACH = 20
const MOST_REACH = 180
/** Straight pieces that a curve is measured by; the error is below a pixel for usual links. */
const PIECES = 16

export function curvesOf(points: readonly Point[]): Curve[] {
  return points.slice(1).map((end, index) => curve(points[index] as Point, end))
}

function curve(start: Point, end: Point): Curve {
  const across = end.x - start.x
  // going back needs room to turn on both sides
  const wanted = across >= 0 ? across / 2 : -across / 2 + Math.min(Math.abs(end.y - start.y) / 4, 60)
  const near = Math.hypot(across, end.y - start.y) / 2
  const reach = Math.min(Math.max(wanted, Math.min(LEAST_REACH, near)), MOST_REACH)
  return { start, first: { x: start.x + reach, y: start.y }, second: { x: end.x - reach, y: end.y }, end }
}

/** The point at `t` from 0 to 1. */
export function pointAt({ start, first, second, end }: Curve, t: number): Point {
  const u = 1 - t
  const [a, b, c, d] = [u * u * u, 3 * u * u * t, 3 * u * t * t, t * t * t]
  return {
    x: a * start.x + b * first.x + c * second.x + d * end.x,
    y: a * start.y + b * first.y + c * second.y + d * end.y,
  }
}

/** A box around the curves; no point of one lies outside its own four. */
export function boxAround(curves: readonly Curve[]): Box {
  const points = curves.flatMap(({ start, first, second, end }) => [start, first, second, end])
  return boxOfPoints(points)
}

export function boxOfPoints(points: readonly Point[]): Box {
  let [left, top, right, bottom] = [Infinity, Infinity, -Infinity, -Infinity]
  for (const { x, y } of points) {
    left = Math.min(left, x)
    top = Math.min(top, y)
    right = Math.max(right, x)
    bottom = Math.max(bottom, y)
  }
  return points.length === 0
    ? { x: 0, y: 0, width: 0, height: 0 }
    : { x: left, y: top, width: right - left, height: bottom - top }
}

/** How far a point is from the nearest of the curves, and which one that is. */
export function distance(curves: readonly Curve[], point: Point): { distance: number; curve: number } {
  let best = { distance: Infinity, curve: -1 }
  curves.forEach((one, index) => {
    let before = one.start
    for (let piece = 1; piece <= PIECES; piece += 1) {
      const after = pointAt(one, piece / PIECES)
      const found = toSegment(point, before, after)
      if (found < best.distance) best = { distance: found, curve: index }
      before = after
    }
  })
  return best
}

function toSegment(point: Point, start: Point, end: Point): number {
  const [dx, dy] = [end.x - start.x, end.y - start.y]
  const length = dx * dx + dy * dy
  const along = length === 0 ? 0 : ((point.x - start.x) * dx + (point.y - start.y) * dy) / length
  const t = Math.min(Math.max(along, 0), 1)
  return Math.hypot(point.x - start.x - t * dx, point.y - start.y - t * dy)
}
