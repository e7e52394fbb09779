/** The tracks that are shown or heard, one for each file: what plays goes on when its node leaves the view. */

import { Track } from './track.svelte'

interface Shown {
  readonly track: Track
  views: number
}

export class Tracks {
  private readonly shown = new Map<string, Shown>()

  /** The track of a file, for one more view of it. */
  borrow(url: string, title: string): Track {
    let found = this.shown.get(url)
    if (found === undefined) {
      found = { track: new Track(url, title), views: 0 }
      this.shown.set(url, found)
      // `rest` comes once nothing is heard any more; `pause` before the fader is closed.
      for (const event of ['rest', 'ended']) found.track.addEventListener(event, () => this.tidy(url))
    }
    found.views++
    return found.track
  }

  /** A view is gone. A track that plays stays until it stops. */
  giveBack(track: Track): void {
    const found = this.shown.get(track.url)
    if (found === undefined) return
    found.views--
    this.tidy(track.url)
  }

  private tidy(url: string): void {
    const found = this.shown.get(url)
    if (found === undefined || found.views > 0 || found.track.playing) return
    this.shown.delete(url)
    found.track.leave()
  }
}

export const tracks = new Tracks()
