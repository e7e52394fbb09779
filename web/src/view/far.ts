/** Draws nodes that are too small to be cards, or not in the page yet. */

import { BYPASSED, MUTED, REROUTE, type Box, type Node, type NodeId } from '../core/document'
import type { Frame } from './frame'
import { isNote, type Layout, type SocketPlace } from './layout'
import type { Palette } from './palette'

const RADIUS = 8
/** Scales below which a node is a mere block, and above which it shows its sockets. */
const BLOCK_BELOW = 0.15
const SOCKETS_ABOVE = 0.22
/** A title is drawn if it has so many pixels of width, and in this size. */
const TITLE_ROOM = 46
const TITLE_PIXELS = 11

export function drawNodes(context: CanvasRenderingContext2D, frame: Frame, area: Box): void {
  const { shift } = frame.scene
  const drawn = (id: NodeId): boolean =>
    !frame.isCard(id) && (!frame.part || shift.nodes.has(id) === (frame.part === 'moved'))
  const ids = frame.scene.nodesIn(area).filter(drawn)
  if (frame.look.zoom < BLOCK_BELOW) drawBlocks(context, frame, ids)
  else for (const id of ids) drawNode(context, frame, id)
  for (const id of ids) drawRing(context, frame, id)
}

/** Thousands at once, by colour. Rectangles one by one: long paths are slower to fill. */
function drawBlocks(context: CanvasRenderingContext2D, frame: Frame, ids: readonly NodeId[]): void {
  const { scene, palette } = frame
  const bodies = new Map<string, Box[]>()
  const heads = new Map<string, Box[]>()
  for (const id of ids) {
    const node = scene.node(id) as Node
    const box = scene.box(id) as Box
    const [head, body] = colors(frame, node)
    push(bodies, body, box)
    const height = Math.min(box.height, Math.max(scene.layout(node).head, 2.5 / frame.look.zoom))
    push(heads, palette.mix(75, node.color || palette.category(frame.categoryOf(node)), head), {
      ...box,
      height,
    })
  }
  for (const [color, boxes] of [...bodies, ...heads]) {
    context.fillStyle = color
    for (const { x, y, width, height } of boxes) context.fillRect(x, y, width, height)
  }
}

function drawNode(context: CanvasRenderingContext2D, frame: Frame, id: NodeId): void {
  const { scene, palette, look } = frame
  const node = scene.node(id) as Node
  const layout = scene.layout(node)
  const box = scene.box(id) as Box
  const [head, body] = colors(frame, node)
  const radius = node.type === REROUTE ? box.height / 2 : RADIUS
  context.globalAlpha = node.mode === MUTED ? 0.45 : 1
  context.beginPath()
  context.roundRect(box.x, box.y, box.width, box.height, radius)
  context.fillStyle = body
  context.fill()
  context.strokeStyle = palette.line
  context.lineWidth = 1 / look.zoom
  context.stroke()
  if (layout.head > 0) {
    context.beginPath()
    context.roundRect(
      box.x,
      box.y,
      box.width,
      layout.head,
      layout.height === 0 ? radius : [radius, radius, 0, 0],
    )
    context.fillStyle = head
    context.fill()
  }
  const foot = scene.foot(node)
  if (foot > 0) {
    context.beginPath()
    context.roundRect(box.x + 8, box.y + box.height - foot, box.width - 16, foot - 8, 4)
    context.fillStyle = palette.surface2
    context.fill()
  }
  if (box.width * look.zoom > TITLE_ROOM && layout.head > 0) drawTitle(context, frame, node, box, head, body)
  if (look.zoom > SOCKETS_ABOVE) drawSockets(context, palette, box, layout)
  context.globalAlpha = 1
}

/** In the head if it can be read there, or over the whole body. */
function drawTitle(
  context: CanvasRenderingContext2D,
  frame: Frame,
  node: Node,
  box: Box,
  head: string,
  body: string,
): void {
  const { look, palette } = frame
  const size = Math.min(TITLE_PIXELS / look.zoom, box.height * (box.height <= 30 ? 0.7 : 0.5), 44)
  const inHead = size <= 17
  context.font = `600 ${size}px ${palette.font}`
  context.fillStyle = palette.on(inHead ? head : body)
  context.textBaseline = 'middle'
  const y = inHead ? box.y + 15 : box.y + 30 + (box.height - 30) / 2
  const text = cut(frame.titleOf(node), (box.width - 20) / (size * 0.56))
  context.fillText(text, box.x + 10, box.height <= 30 ? box.y + box.height / 2 : y, box.width - 16)
}

function cut(text: string, letters: number): string {
  return text.length <= letters ? text : `${text.slice(0, Math.max(1, Math.floor(letters) - 1))}…`
}

function drawSockets(context: CanvasRenderingContext2D, palette: Palette, box: Box, layout: Layout): void {
  const top = box.y + layout.head
  const dot = (place: SocketPlace): void => {
    const [x, y] = [box.x + place.x, top + place.y]
    context.fillStyle = palette.type(place.type)
    context.beginPath()
    context.arc(x, y, 4.5, 0, 2 * Math.PI)
    context.fill()
  }
  for (const place of layout.inputs) if (!place.widget) dot(place)
  layout.outputs.forEach(dot)
}

/** Selection and run state, as a line around. */
function drawRing(context: CanvasRenderingContext2D, frame: Frame, id: NodeId): void {
  const { scene, palette, look } = frame
  const run = frame.runOf(id)
  const chosen = frame.selection.nodes.has(id)
  const color = chosen ? palette.accent : ringColor(palette, run?.status)
  if (color === '') return
  const box = scene.box(id) as Box
  const width = Math.max(2, 1.8 / look.zoom)
  context.strokeStyle = color
  context.lineWidth = width
  context.beginPath()
  context.roundRect(
    box.x - width / 2,
    box.y - width / 2,
    box.width + width,
    box.height + width,
    look.zoom < BLOCK_BELOW ? 0 : RADIUS,
  )
  context.stroke()
  if (run?.status === 'running' && run.progress !== null) {
    context.fillStyle = palette.accent
    context.fillRect(box.x, box.y + box.height - 4, box.width * run.progress, Math.max(4, 2 / look.zoom))
  }
}

function ringColor(palette: Palette, status: string | undefined): string {
  if (status === 'running') return palette.accent
  if (status === 'failed') return palette.bad
  return status === 'done' ? palette.mix(70, palette.ok, palette.canvas) : ''
}

/** Of the head and of the body. */
function colors(frame: Frame, node: Node): readonly [string, string] {
  const { palette } = frame
  const body =
    node.background || (isNote(node) ? palette.mix(14, palette.warn, palette.surface) : palette.surface)
  const head = palette.head(node.color, frame.categoryOf(node))
  if (node.mode !== BYPASSED) return [head, body]
  return [palette.mix(35, palette.type('LATENT'), head), palette.mix(20, palette.type('LATENT'), body)]
}

function push(table: Map<string, Box[]>, color: string, box: Box): void {
  const list = table.get(color)
  if (list === undefined) table.set(color, [box])
  else list.push(box)
}
