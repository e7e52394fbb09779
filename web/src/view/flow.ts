/** Beads that run along the links into nodes that work, so that one sees where the music is made. */

import type { Box } from '../core/document'
import { along } from './curve'
import type { Frame } from './frame'
import { overlap } from './boxes'

/** Seconds that a bead takes, and how many are on a link at once. */
const SECONDS = 1.6
const BEADS = 3

/** Draws the beads of a moment; whether there were any, so that the next moment must be drawn too. */
export function drawFlow(
  context: CanvasRenderingContext2D,
  frame: Frame,
  area: Box,
  seconds: number,
): boolean {
  const { scene, palette, look } = frame
  let any = false
  const radius = Math.max(2.6, 2 / look.zoom)
  for (const link of scene.graph.links.values()) {
    if (frame.runOf(link.to)?.status !== 'running') continue
    const curve = scene.curve(link)
    if (curve === undefined || !overlap(curve.box, area)) continue
    any = true
    context.fillStyle = palette.type(link.type)
    context.beginPath()
    for (let bead = 0; bead < BEADS; bead++) {
      const { x, y } = along(curve, (seconds / SECONDS + bead / BEADS) % 1)
      context.moveTo(x + radius, y)
      context.arc(x, y, radius, 0, 2 * Math.PI)
    }
    context.fill()
  }
  return any
}
