/**
 * While something is dragged in a large graph, what stays is drawn once, and so is what moves; from
 * frame to frame only the links between the two are drawn anew. What moves lies above the rest.
 */

import type { Box } from '../core/document'
import { seen } from './camera'
import { drawAll } from './drawing'
import type { Frame } from './frame'
import { drawGates, drawGrid } from './groups'
import { drawLinks } from './links'
import { Picture } from './picture'
import { grown, union } from './boxes'

/** Fewer nodes are drawn as fast as pictures are copied. */
const LEAST_NODES = 400
/** In a run nodes change their looks: pictures are good for so many milliseconds. */
const FRESH = 200

export class Dragged {
  private readonly still = new Picture()
  private readonly moved = new Picture()
  private key: readonly unknown[] = []
  private taken = 0
  private from = { dx: 0, dy: 0 }
  /** What moves is too large for a picture: it is drawn in each frame. */
  private directly = false

  /** Whether it drew all there is. */
  draw(context: CanvasRenderingContext2D, frame: Frame, area: Box): boolean {
    const { scene } = frame
    const { nodes, dx, dy } = scene.shift
    if (nodes.size === 0 || scene.graph.nodes.size < LEAST_NODES) {
      if (this.key.length > 0) this.drop()
      return false
    }
    const key = keyOf(frame)
    const old = frame.running && performance.now() - this.taken > FRESH
    if (old || key.some((part, index) => part !== this.key[index])) this.take(frame, area, key)
    if (this.key.length === 0) return false
    this.still.show(context)
    drawLinks(context, { ...frame, part: 'between' }, area)
    if (this.directly) drawAll(context, { ...frame, part: 'moved' }, area)
    else this.moved.show(context, dx - this.from.dx, dy - this.from.dy)
    return true
  }

  private take(frame: Frame, area: Box, key: readonly unknown[]): void {
    const { scene, look } = frame
    const still: Frame = { ...frame, part: 'still' }
    const kept = this.still.take(frame, seen(look, frame.size), (context) => {
      drawGrid(context, still, area)
      drawGates(context, still)
      drawAll(context, still, area)
    })
    const moved: Frame = { ...frame, part: 'moved' }
    const boxes = [...scene.graph.links.values()].flatMap((link) =>
      scene.partOf(link) === 'moved' ? (scene.curve(link)?.box ?? []) : [],
    )
    const groups = [...scene.graph.groups.values()].flatMap((group) =>
      scene.shift.groups.has(group.id) ? scene.groupBox(group) : [],
    )
    const bounds = union([scene.bounds(scene.shift.nodes, false), ...boxes, ...groups].filter(present))
    const whole = bounds && grown(bounds, 12 / look.zoom)
    this.directly = whole === undefined || !this.moved.take(frame, whole, (c) => drawAll(c, moved, whole))
    this.from = scene.shift
    this.taken = performance.now()
    this.key = kept ? key : []
  }

  private drop(): void {
    this.key = []
    this.still.drop()
    this.moved.drop()
  }
}

/** As long as all of these are the same, nothing but the shift is another. */
function keyOf(frame: Frame): readonly unknown[] {
  const { scene, look, size, density, palette, selection, hovered, hidden } = frame
  const { graph, revision, shift } = scene
  return [scene, graph, revision, shift.nodes, look, size, density, palette, selection, hovered, hidden]
}

function present(box: Box | undefined): box is Box {
  return box !== undefined
}
