/** A part of the canvas, drawn once and shown again where it was or moved: while something is dragged. */

import type { Box } from '../core/document'
import type { Frame } from './frame'

/** No larger than this many windows: what is dragged may reach far out of view. */
const MOST_WINDOWS = 2

export class Picture {
  private readonly canvas = document.createElement('canvas')
  private area: Box | undefined
  private scale = 1

  /** Draws what lies in this part of the graph; false, and nothing is kept, if that is too much. */
  take(frame: Frame, wanted: Box, draw: (context: CanvasRenderingContext2D) => void): boolean {
    const { look, density } = frame
    const scale = look.zoom * density
    // From pixel to pixel: between them a picture is blurred.
    const from = (place: number, corner: number): number =>
      corner + Math.floor((place - corner) * scale) / scale
    const area = { ...wanted, x: from(wanted.x, look.x), y: from(wanted.y, look.y) }
    const [width, height] = [Math.ceil(area.width * scale) + 1, Math.ceil(area.height * scale) + 1]
    const [widest, highest] = [
      MOST_WINDOWS * frame.size.width * density,
      MOST_WINDOWS * frame.size.height * density,
    ]
    this.area = undefined
    if (width > widest || height > highest) return false
    const context = this.canvas.getContext('2d')
    if (context === null) return false
    // Setting a size clears, too.
    this.canvas.width = width
    this.canvas.height = height
    context.setTransform(scale, 0, 0, scale, -area.x * scale, -area.y * scale)
    draw(context)
    this.area = area
    this.scale = scale
    return true
  }

  /** Shows it at its place and so far from it. */
  show(context: CanvasRenderingContext2D, dx = 0, dy = 0): void {
    if (this.area === undefined) return
    const { x, y } = this.area
    const { width, height } = this.canvas
    const whole = (way: number): number => Math.round(way * this.scale) / this.scale
    context.drawImage(this.canvas, x + whole(dx), y + whole(dy), width / this.scale, height / this.scale)
  }

  /** Lets go of the memory. */
  drop(): void {
    this.area = undefined
    this.canvas.width = this.canvas.height = 1
  }
}
