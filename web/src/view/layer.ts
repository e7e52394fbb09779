/** The drawn layer: everything that is not a card, on one canvas, and moving beads on another. */

import type { Size } from '../core/document'
import { seen } from './camera'
import { Dragged } from './dragged'
import { drawAll } from './drawing'
import { drawFlow } from './flow'
import { begin, type Frame } from './frame'
import { drawGates, drawGrid } from './groups'
import { grown } from './boxes'

/** A finer picture than this is not seen, but paid for. */
const MOST_DENSITY = 2

export function layer(still: HTMLCanvasElement, moving: HTMLCanvasElement) {
  // Nothing lies below the first canvas: the page need not be blended with it.
  const base = contextOf(still, false)
  const beads = contextOf(moving, true)
  const dragged = new Dragged()
  let flowing = false
  moving.hidden = true

  return {
    density(): number {
      return Math.min(MOST_DENSITY, devicePixelRatio || 1)
    },
    resize(size: Size, density: number): void {
      for (const canvas of [still, moving]) {
        canvas.width = Math.max(1, Math.round(size.width * density))
        canvas.height = Math.max(1, Math.round(size.height * density))
      }
    },
    draw(frame: Frame): void {
      // A little more than is seen: lines and rings are wider than their boxes.
      const area = grown(seen(frame.look, frame.size), 12 / frame.look.zoom)
      begin(base, frame, frame.palette.canvas)
      if (dragged.draw(base, frame, area)) return
      drawGrid(base, frame, area)
      drawGates(base, frame)
      drawAll(base, frame, area)
    },
    /** Whether anything flows, so that the next frame is to be drawn too. */
    flow(frame: Frame, seconds: number, any: boolean): boolean {
      if (!any && !flowing) return false
      begin(beads, frame)
      flowing = any && drawFlow(beads, frame, seen(frame.look, frame.size), seconds)
      if (moving.hidden === flowing) moving.hidden = !flowing
      return flowing
    },
  }
}

export type Layer = ReturnType<typeof layer>

function contextOf(canvas: HTMLCanvasElement, alpha: boolean): CanvasRenderingContext2D {
  const context = canvas.getContext('2d', { alpha })
  if (context === null) throw new Error('this browser cannot draw: switch on canvas, or use another one')
  return context
}
