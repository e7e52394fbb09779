/** Draws links by the colour of their type, with what is selected, pointed at, muted or running. */

import { BYPASSED, MUTED, type Box, type Link } from '../core/document'
import { along, trace, type Curve } from './curve'
import type { Frame } from './frame'

const WIDTH = 2
const REROUTE_RADIUS = 5
/** Below this scale a curve is as well drawn straight. */
const STRAIGHT_BELOW = 0.12
/** Pieces of one path: Skia slows down with longer ones. */
const MOST_PIECES = 160

export function drawLinks(context: CanvasRenderingContext2D, frame: Frame, area: Box): void {
  const { scene, palette, look, selection } = frame
  const plain = new Map<string, Curve[]>()
  const faint = new Map<string, Curve[]>()
  const lit: { link: Link; curve: Curve }[] = []
  for (const link of scene.linksIn(area)) {
    if (link.id === frame.hidden || (frame.part && scene.partOf(link) !== frame.part)) continue
    const curve = scene.curve(link) as Curve
    if (selection.links.has(link.id) || link.id === frame.hovered) lit.push({ link, curve })
    else push(isIdle(frame, link) ? faint : plain, palette.type(link.type), curve)
  }
  context.lineCap = 'butt'
  // Lines of one device pixel are drawn many times faster than any wider.
  context.lineWidth = Math.max(WIDTH * (look.zoom < 0.5 ? 0.5 : 1), 1 / look.zoom / frame.density)
  strokeAll(context, faint, 0.28, look.zoom)
  strokeAll(context, plain, look.zoom < STRAIGHT_BELOW ? 0.5 : 0.8, look.zoom)
  for (const { link, curve } of lit) drawLit(context, frame, link, curve)
}

export function drawReroutes(context: CanvasRenderingContext2D, frame: Frame): void {
  const { scene, palette, selection } = frame
  if (frame.look.zoom < 0.2) return
  const types = new Map<number, string>()
  if (scene.graph.reroutes.size === 0) return
  for (const link of scene.graph.links.values())
    for (const { id } of scene.reroutesOf(link)) types.set(id, link.type)
  for (const reroute of scene.graph.reroutes.values()) {
    if (frame.part && scene.shift.reroutes.has(reroute.id) !== (frame.part === 'moved')) continue
    const { x, y } = scene.reroutePoint(reroute)
    context.beginPath()
    context.arc(x, y, REROUTE_RADIUS, 0, 2 * Math.PI)
    context.fillStyle = palette.type(types.get(reroute.id) ?? '*')
    context.fill()
    if (!selection.reroutes.has(reroute.id)) continue
    context.beginPath()
    context.arc(x, y, REROUTE_RADIUS + 3, 0, 2 * Math.PI)
    context.strokeStyle = palette.accent
    context.lineWidth = 2
    context.stroke()
  }
}

function drawLit(context: CanvasRenderingContext2D, frame: Frame, link: Link, curve: Curve): void {
  const { palette, look, selection } = frame
  const chosen = selection.links.has(link.id)
  context.globalAlpha = chosen ? 0.35 : 0.22
  context.strokeStyle = chosen ? palette.accent : palette.type(link.type)
  context.lineWidth = Math.max(WIDTH + 7, 6 / look.zoom)
  context.beginPath()
  trace(context, curve)
  context.stroke()
  context.globalAlpha = 1
  context.strokeStyle = palette.type(link.type)
  context.lineWidth = Math.max(WIDTH + 0.8, 1.6 / look.zoom)
  context.beginPath()
  trace(context, curve)
  context.stroke()
  const middle = along(curve, 0.5)
  context.beginPath()
  context.arc(middle.x, middle.y, Math.max(4.5, 4 / look.zoom), 0, 2 * Math.PI)
  context.fillStyle = palette.surface
  context.fill()
  context.stroke()
}

/** Nothing flows through the nodes that are muted, and only some through those that are bypassed. */
function isIdle(frame: Frame, link: Link): boolean {
  const { nodes } = frame.scene.graph
  const [from, to] = [nodes.get(link.from)?.mode, nodes.get(link.to)?.mode]
  return from === MUTED || to === MUTED || to === BYPASSED
}

function push(table: Map<string, Curve[]>, color: string, curve: Curve): void {
  const list = table.get(color)
  if (list === undefined) table.set(color, [curve])
  else list.push(curve)
}

function strokeAll(
  context: CanvasRenderingContext2D,
  byColor: Map<string, Curve[]>,
  alpha: number,
  zoom: number,
): void {
  context.globalAlpha = alpha
  for (const [color, curves] of byColor) {
    context.strokeStyle = color
    for (let start = 0; start < curves.length; start += MOST_PIECES) {
      context.beginPath()
      for (const curve of curves.slice(start, start + MOST_PIECES)) {
        if (zoom < STRAIGHT_BELOW) straight(context, curve)
        else trace(context, curve)
      }
      context.stroke()
    }
  }
  context.globalAlpha = 1
}

/** Three lines for a curve: level, across, level. */
function straight(context: CanvasRenderingContext2D, { pieces }: Curve): void {
  const from = pieces[0]?.start
  if (from === undefined) return
  context.moveTo(from.x, from.y)
  for (const { start, first, second, end } of pieces) {
    context.lineTo((start.x + first.x) / 2, start.y)
    context.lineTo((second.x + end.x) / 2, end.y)
    context.lineTo(end.x, end.y)
  }
}
