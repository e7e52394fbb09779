/** The whole graph in a corner, and where in it one looks. */

import type { Box, Point, Size } from '../core/document'
import { seen, type Look } from './camera'
import type { Palette } from './palette'
import { grown, union } from './boxes'
import type { Scene } from './scene'

export interface Minimap {
  readonly area: Box
  readonly scale: number
  readonly offset: Point
}

/** How the graph and the window's view fit in a map of this size. */
export function minimapOf(scene: Scene, look: Look, window: Size, map: Size): Minimap {
  const view = seen(look, window)
  const all = scene.bounds() ?? view
  const area = grown(union([all, view]) ?? view, Math.max(all.width, all.height) * 0.03)
  const scale = Math.min(map.width / area.width, map.height / area.height)
  const offset = { x: (map.width - area.width * scale) / 2, y: (map.height - area.height * scale) / 2 }
  return { area, scale, offset }
}

export function drawMinimap(
  context: CanvasRenderingContext2D,
  scene: Scene,
  map: Minimap,
  density: number,
  paint: { palette: Palette; color: (id: string) => string },
): void {
  const { area, scale, offset } = map
  context.setTransform(1, 0, 0, 1, 0, 0)
  context.clearRect(0, 0, context.canvas.width, context.canvas.height)
  context.setTransform(
    scale * density,
    0,
    0,
    scale * density,
    (offset.x - area.x * scale) * density,
    (offset.y - area.y * scale) * density,
  )
  context.globalAlpha = 0.25
  for (const group of scene.graph.groups.values()) {
    const box = scene.groupBox(group)
    context.fillStyle = group.color || paint.palette.lineStrong
    context.fillRect(box.x, box.y, box.width, box.height)
  }
  context.globalAlpha = 0.85
  const least = 1.5 / scale
  for (const id of scene.graph.nodes.keys()) {
    const box = scene.box(id)
    if (box === undefined) continue
    context.fillStyle = paint.color(id)
    context.fillRect(box.x, box.y, Math.max(least, box.width), Math.max(least, box.height))
  }
  context.globalAlpha = 1
}

/** A point of the map in the graph. */
export function fromMap({ area, scale, offset }: Minimap, point: Point): Point {
  return { x: area.x + (point.x - offset.x) / scale, y: area.y + (point.y - offset.y) / scale }
}

/** The window's view on the map. */
export function onMap({ area, scale, offset }: Minimap, box: Box): Box {
  return {
    x: offset.x + (box.x - area.x) * scale,
    y: offset.y + (box.y - area.y) * scale,
    width: box.width * scale,
    height: box.height * scale,
  }
}
