/** The line that a link is drawn as, over all its reroutes. */

import { boxAround, curvesOf, distance as apart, pointAt, type Curve as Piece } from '../core/curves'
import type { Box, Point } from '../core/document'

export interface Curve {
  /** One more than there are reroutes, from the output on. */
  readonly pieces: readonly Piece[]
  readonly box: Box
}

export function curveOf(points: readonly Point[]): Curve {
  const pieces = curvesOf(points)
  return { pieces, box: boxAround(pieces) }
}

export function trace(path: Pick<CanvasPath, 'moveTo' | 'bezierCurveTo'>, { pieces }: Curve): void {
  const from = pieces[0]?.start
  if (from === undefined) return
  path.moveTo(from.x, from.y)
  for (const { first, second, end } of pieces)
    path.bezierCurveTo(first.x, first.y, second.x, second.y, end.x, end.y)
}

/** The same as an SVG path. */
export function svgOf(curve: Curve): string {
  const parts: string[] = []
  trace(
    {
      moveTo: (x, y) => parts.push(`M${x} ${y}`),
      bezierCurveTo: (a, b, c, d, x, y) => parts.push(`C${a} ${b} ${c} ${d} ${x} ${y}`),
    },
    curve,
  )
  return parts.join('')
}

/** The point at a share of 0 to 1 of the way; every piece between reroutes counts the same. */
export function along({ pieces }: Curve, share: number): Point {
  const place = Math.min(pieces.length - 1e-9, Math.max(0, share * pieces.length))
  const index = Math.floor(place)
  return pointAt(pieces[index] as Piece, place - index)
}

export function distance({ pieces }: Curve, point: Point): number {
  return apart(pieces, point).distance
}

/** Which piece of the line, counted from the output, is nearest to a point. */
export function pieceAt({ pieces }: Curve, point: Point): number {
  return apart(pieces, point).curve
}
