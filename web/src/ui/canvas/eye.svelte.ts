/** Where the canvas looks: one truth for the library's camera, the drawn layer and what is kept. */

import type { Viewport } from '@xyflow/svelte'
import type { Box, Point, Size } from '../../core/document'
import { between, fitted, opening, revealed, toGraph, zoomedAt, type Look } from '../../view/camera'
import type { Editor } from '../editor.svelte'

const GLIDE_MILLISECONDS = 220

export class Eye {
  look: Look = $state.raw({ x: 0, y: 0, zoom: 1 })
  size: Size = $state.raw({ width: 0, height: 0 })
  private steer: ((viewport: Viewport) => void) | undefined
  private path: string | undefined
  private gliding = 0

  constructor(
    private readonly editor: Editor,
    private readonly onlook: () => void,
    /** Draws at once: in a frame of our own the next one would be too late. */
    private readonly draw: () => void,
    /** Whether the camera jumps instead of gliding. */
    private readonly still: () => boolean,
  ) {}

  /** The library's camera is there. */
  ready(steer: (viewport: Viewport) => void): void {
    this.steer = steer
    if (this.path !== undefined) this.apply(this.look)
  }

  /** Looks where one looked last in the graph at this path, or where one begins; whether it is another. */
  open(path: string, first: () => Look): boolean {
    if (path === this.path) return false
    this.path = path
    this.set(this.editor.cameras.get(path) ?? first())
    return true
  }

  set(next: Look): void {
    cancelAnimationFrame(this.gliding)
    this.apply(next)
  }

  /** The library moved its camera, because of hands or of us. */
  moved({ x, y, zoom }: Viewport): void {
    this.look = { x: -x / zoom, y: -y / zoom, zoom }
    if (this.path !== undefined) this.editor.cameras.set(this.path, this.look)
    this.onlook()
  }

  glide(to: Look): void {
    cancelAnimationFrame(this.gliding)
    if (this.still()) {
      this.apply(to)
      return
    }
    const from = this.look
    const start = performance.now()
    const next = (now: number): void => {
      const share = Math.min(1, Math.max(0, (now - start) / GLIDE_MILLISECONDS))
      this.apply(share === 1 ? to : between(from, to, share))
      this.draw()
      if (share < 1) this.gliding = requestAnimationFrame(next)
    }
    this.gliding = requestAnimationFrame(next)
  }

  whole(bounds: Box | undefined, closest = 1): Look {
    const { width, height } = this.size
    return bounds === undefined
      ? { x: -width / 2, y: -height / 2, zoom: 1 }
      : fitted(bounds, this.size, closest)
  }

  first(bounds: Box | undefined): Look {
    return bounds === undefined ? this.whole(bounds) : opening(bounds, this.size)
  }

  /** Moves as little as is needed to see a box. */
  reveal(box: Box): void {
    const next = revealed(this.look, box, this.size)
    if (next !== this.look) this.glide(next)
  }

  zoom(to: number): void {
    this.glide(zoomedAt(this.look, { x: this.size.width / 2, y: this.size.height / 2 }, to))
  }

  /** Moves by pixels of the screen. */
  pan(from: Point, to: Point): void {
    const { x, y, zoom } = this.look
    this.set({ x: x + (from.x - to.x) / zoom, y: y + (from.y - to.y) / zoom, zoom })
  }

  /** Puts a point of the graph in the middle. */
  center({ x, y }: Point): void {
    const { zoom } = this.look
    this.set({ x: x - this.size.width / zoom / 2, y: y - this.size.height / zoom / 2, zoom })
  }

  middle(): Point {
    return toGraph(this.look, { x: this.size.width / 2, y: this.size.height / 2 })
  }

  destroy(): void {
    cancelAnimationFrame(this.gliding)
  }

  private apply(next: Look): void {
    const viewport = { x: -next.x * next.zoom, y: -next.y * next.zoom, zoom: next.zoom }
    if (this.steer === undefined) this.moved(viewport)
    else this.steer(viewport)
  }
}
