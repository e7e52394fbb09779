/** The growing sounds that are shown or heard: one that plays goes on when its node has ended. */

import { Growth } from './growth.svelte'
import type { Track } from './track.svelte'

interface Shown {
  readonly growth: Growth
  views: number
}

export class Growths {
  private readonly shown = new Map<string, Shown>()

  constructor(private readonly made: (url: string, title: string) => Growth = (...of) => new Growth(...of)) {}

  /** The sound at an address, for one more view of it. */
  borrow(url: string, title: string): Growth {
    let found = this.shown.get(url)
    if (found === undefined) {
      found = { growth: this.made(url, title), views: 0 }
      this.shown.set(url, found)
      found.growth.addEventListener('rest', () => queueMicrotask(() => this.tidy(url)))
    }
    found.views++
    return found.growth
  }

  /** A view is gone. What plays stays until it has come to its end. */
  giveBack(growth: Growth): void {
    const found = this.shown.get(growth.url)
    if (found === undefined) return
    found.views--
    if (found.views === 0) growth.finish()
    this.tidy(growth.url)
  }

  /** Its file is there: if it plays, that goes on from where it is. */
  handOver(url: string, track: Track): void {
    const growth = this.shown.get(url)?.growth
    if (!growth?.playing) return
    track.seek(growth.position)
    // Takes the stage, and so ends the other.
    void track.play()
  }

  private tidy(url: string): void {
    const found = this.shown.get(url)
    if (found === undefined || found.views > 0 || found.growth.playing) return
    this.shown.delete(url)
    found.growth.leave()
  }
}

export const growths = new Growths()
