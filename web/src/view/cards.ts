/**
 * Which nodes stand in the page as cards. They come and go a few at a time, so that no frame is
 * late; until one is there it is drawn. One that went out of view stays for a while: no thrash.
 */

import type { Box, NodeId, Size } from '../core/document'
import { FAR_BELOW, NEAR_ABOVE, seen, type Look } from './camera'
import { grown } from './boxes'
import type { Scene } from './scene'

/** How far out of view, as a share of the window, a card comes, and how far it may stay. */
const COMES_WITHIN = 0.12
const GOES_BEYOND = 0.5
const MOST_GOING = 16
/** Milliseconds in which all cards fade when one looks from afar, and until a new one is surely seen. */
export const FADE = 140
const SETTLED = 50

export interface Looking {
  readonly look: Look
  readonly size: Size
  /** Cards that stay wherever one looks. */
  readonly kept: ReadonlySet<NodeId>
  /** So many may come in this step. */
  readonly most: number
  /** Milliseconds. */
  readonly now: number
}

export class Cards {
  /** When each card came. */
  readonly since = new Map<NodeId, number>()
  near = false
  private turned = -Infinity

  /** Whether cards came or went, and whether there is more to do in the next frame. */
  step(scene: Scene, { look, size, kept, most, now }: Looking): { changed: boolean; more: boolean } {
    this.turn(look.zoom, now)
    const view = seen(look, size)
    const reach = Math.min(view.width, view.height)
    const wanted = this.near ? this.missing(scene, grown(view, reach * COMES_WITHIN), view) : []
    for (const id of kept) if (!this.since.has(id) && scene.graph.nodes.has(id)) wanted.unshift(id)
    const going = this.leaving(
      scene,
      this.near ? scene.nodesIn(grown(view, reach * GOES_BEYOND)) : [],
      kept,
      now,
    )
    const gone = going.slice(0, MOST_GOING)
    const come = wanted.slice(0, most)
    gone.forEach((id) => this.since.delete(id))
    come.forEach((id) => this.since.set(id, now))
    const changed = gone.length + come.length > 0
    const fading = now - this.turned < FADE || [...this.since.values()].some((time) => now - time < SETTLED)
    return { changed, more: fading || gone.length < going.length || come.length < wanted.length }
  }

  /** Whether a node is seen as a card and need not be drawn. */
  covers(id: NodeId, now: number): boolean {
    const time = this.near ? this.since.get(id) : undefined
    return time !== undefined && now - time >= SETTLED && now - this.turned >= FADE
  }

  clear(): void {
    this.since.clear()
  }

  private turn(zoom: number, now: number): void {
    const near = zoom >= NEAR_ABOVE || (this.near && zoom >= FAR_BELOW)
    if (near !== this.near) this.turned = now
    this.near = near
  }

  private leaving(
    scene: Scene,
    staying: readonly NodeId[],
    kept: ReadonlySet<NodeId>,
    now: number,
  ): NodeId[] {
    const stay = new Set(staying)
    const faded = this.near || now - this.turned >= FADE
    return [...this.since.keys()].filter(
      (id) => !scene.graph.nodes.has(id) || (faded && !stay.has(id) && !kept.has(id)),
    )
  }

  /** What should be a card and is none, from the middle of the window outwards. */
  private missing(scene: Scene, area: Box, view: Box): NodeId[] {
    const [x, y] = [view.x + view.width / 2, view.y + view.height / 2]
    const found: { id: NodeId; apart: number }[] = []
    for (const id of scene.nodesIn(area)) {
      const box = this.since.has(id) ? undefined : scene.box(id)
      if (box !== undefined)
        found.push({ id, apart: Math.hypot(box.x + box.width / 2 - x, box.y + box.height / 2 - y) })
    }
    return found.sort((a, b) => a.apart - b.apart).map(({ id }) => id)
  }
}
