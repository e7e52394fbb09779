/** Draws what lies behind nodes: the grid, groups, the panels of a subgraph's gates. */

import type { Box } from '../core/document'
import { PADDING, ROW } from '../core/geometry'
import type { Frame } from './frame'
import { NEW_GATE, PANEL_HEAD } from './gates'
import { overlap } from './boxes'

export const GROUP_TITLE = 32
/** Pixels of the screen below which a title is not drawn. */
const LEAST_TITLE = 7
/** The corner by which a group is resized, in the graph's units. */
export const GROUP_CORNER = 18
const GRID = 20
const GRID_ABOVE = 0.3

/** Dots that let one feel how far one has moved; they would flicker when small. */
export function drawGrid(context: CanvasRenderingContext2D, frame: Frame, area: Box): void {
  const { look, palette } = frame
  if (look.zoom < GRID_ABOVE) return
  const step = GRID * (look.zoom < 0.6 ? 4 : 2)
  const size = 1.5 / look.zoom
  context.fillStyle = palette.grid
  context.beginPath()
  for (let x = Math.floor(area.x / step) * step; x < area.x + area.width; x += step) {
    for (let y = Math.floor(area.y / step) * step; y < area.y + area.height; y += step)
      context.rect(x, y, size, size)
  }
  context.fill()
}

export function drawGroups(context: CanvasRenderingContext2D, frame: Frame, area: Box): void {
  const { scene, palette, look, selection } = frame
  for (const group of scene.graph.groups.values()) {
    if (frame.part && scene.shift.groups.has(group.id) !== (frame.part === 'moved')) continue
    const box = scene.groupBox(group)
    if (!overlap(box, area)) continue
    const color = group.color || palette.lineStrong
    context.beginPath()
    context.roundRect(box.x, box.y, box.width, box.height, 10)
    context.globalAlpha = palette.dark ? 0.1 : 0.09
    context.fillStyle = color
    context.fill()
    context.globalAlpha = selection.groups.has(group.id) ? 1 : 0.5
    context.strokeStyle = selection.groups.has(group.id) ? palette.accent : color
    context.lineWidth = (selection.groups.has(group.id) ? 2 : 1) / look.zoom
    context.stroke()
    context.globalAlpha = 1
    drawTitle(context, frame, group.title, box, color)
    drawCorner(context, frame, box, color)
  }
}

function drawTitle(
  context: CanvasRenderingContext2D,
  frame: Frame,
  title: string,
  box: Box,
  color: string,
): void {
  const { look, palette } = frame
  let size = Math.min(Math.max(16, 11 / look.zoom), box.height / 2, 120)
  context.font = `600 ${size}px ${palette.font}`
  // From afar it gets smaller before it is cut, and is left out before nobody can read it.
  size *= Math.min(1, (box.width - 20) / context.measureText(title).width)
  if (size * look.zoom < LEAST_TITLE) return
  context.font = `600 ${size}px ${palette.font}`
  context.textBaseline = 'middle'
  context.fillStyle = palette.mix(35, color, palette.text)
  context.save()
  context.beginPath()
  context.rect(box.x, box.y, box.width - 8, box.height)
  context.clip()
  context.fillText(title, box.x + 12, box.y + Math.max(GROUP_TITLE, size * 1.4) / 2)
  context.restore()
}

function drawCorner(context: CanvasRenderingContext2D, frame: Frame, box: Box, color: string): void {
  if (frame.look.zoom < GRID_ABOVE) return
  const [x, y] = [box.x + box.width - 5, box.y + box.height - 5]
  context.strokeStyle = color
  context.lineWidth = 1.5
  context.globalAlpha = 0.7
  context.beginPath()
  for (const length of [5, 10]) {
    context.moveTo(x - length, y)
    context.lineTo(x, y - length)
  }
  context.stroke()
  context.globalAlpha = 1
}

export function drawGates(context: CanvasRenderingContext2D, frame: Frame): void {
  const { scene, palette, look } = frame
  const places = scene.gates()
  if (places.length === 0) return
  for (const side of ['input', 'output'] as const) {
    const box = scene.panel(side)
    context.beginPath()
    context.roundRect(box.x, box.y - PANEL_HEAD, box.width, box.height + PANEL_HEAD, 8)
    context.fillStyle = palette.surface2
    context.fill()
    context.strokeStyle = palette.lineStrong
    context.lineWidth = 1 / look.zoom
    context.setLineDash([4, 4])
    context.stroke()
    context.setLineDash([])
    drawGrip(context, frame, box)
    if (scene.slot?.side === side) drawSlot(context, frame, box, scene.slot.index)
  }
  context.font = `500 12px ${palette.font}`
  context.textBaseline = 'middle'
  for (const place of places) {
    context.fillStyle = palette.type(place.type)
    context.beginPath()
    context.arc(place.x, place.y, 5, 0, 2 * Math.PI)
    if (place.name === NEW_GATE) {
      context.strokeStyle = palette.lineStrong
      context.stroke()
      continue
    }
    context.fill()
    context.fillStyle = palette.text
    context.textAlign = place.side === 'output' ? 'right' : 'left'
    context.fillText(place.label, place.x + (place.side === 'output' ? -12 : 12), place.y)
  }
  context.textAlign = 'left'
}

/** Six dots: here it is taken to be moved. */
function drawGrip(context: CanvasRenderingContext2D, { palette }: Frame, box: Box): void {
  context.fillStyle = palette.lineStrong
  for (let dot = 0; dot < 6; dot++) {
    context.beginPath()
    context.arc(
      box.x + box.width / 2 + ((dot % 3) - 1) * 6,
      box.y - PANEL_HEAD / 2 + (dot < 3 ? -1 : 4),
      1.3,
      0,
      2 * Math.PI,
    )
    context.fill()
  }
}

/** Where a gate would be put. */
function drawSlot(context: CanvasRenderingContext2D, { palette }: Frame, box: Box, index: number): void {
  context.fillStyle = palette.accent
  context.fillRect(box.x + 4, box.y + PADDING + index * ROW - 1, box.width - 8, 2)
}
