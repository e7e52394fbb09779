/** A track dressed as the media element that wavesurfer asks for: it draws and seeks, we play. */

import type { Track } from './track.svelte'

const HAVE_ENOUGH_DATA = 4

export function mediaOfTrack(track: Track): HTMLMediaElement {
  const facade = {
    addEventListener: track.addEventListener.bind(track),
    removeEventListener: track.removeEventListener.bind(track),
    // A track takes a place at any time, loaded or not: nothing is to be put off.
    readyState: HAVE_ENOUGH_DATA,
    src: track.url,
    currentSrc: track.url,
    ended: false,
    seeking: false,
    muted: false,
    volume: 1,
    playbackRate: 1,
    get paused() {
      return !track.playing
    },
    get duration() {
      return track.seconds
    },
    get currentTime() {
      return track.position
    },
    set currentTime(seconds: number) {
      track.seek(seconds)
    },
    play: () => track.play(),
    pause: () => track.pause(),
    canPlayType: () => 'maybe',
    load: () => undefined,
    remove: () => undefined,
    removeAttribute: () => undefined,
  }
  return facade as unknown as HTMLMediaElement
}
