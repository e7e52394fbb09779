/** One film on its screen: playing, and standing exactly on a frame. */

import type { Attachment } from 'svelte/attachments'
import type { MediaFile } from '../../run/media'
import { failureOf, jsonOf, type Failure } from './failure'
import { lastOf } from './figures'
import { stage, type Playable, type Stage } from './stage.svelte'

const COMMON_RATE = 25

export class Film implements Playable {
  readonly title: string
  playing = $state(false)
  position = $state(0)
  seconds = $state(0)
  speed = $state(1)
  volume = $state(1)
  loop = $state(false)
  failure: Failure | null = $state(null)
  private video: HTMLVideoElement | null = null
  /** Seconds between frames: from the file's facts, or seen while it played. */
  private frame: number | null = null
  /** The begin of the frame that is shown. */
  private shown = 0
  private asked = false

  constructor(
    private readonly file: MediaFile,
    private readonly on: Stage = stage,
  ) {
    this.title = lastOf(file.name)
  }

  readonly screen: Attachment<HTMLVideoElement> = (video) => {
    this.video = video
    const control = new AbortController()
    const { signal } = control
    const hear = (event: keyof HTMLMediaElementEventMap, then: () => void) =>
      video.addEventListener(event, then, { signal })
    hear('play', () => {
      this.on.claim(this)
      this.playing = true
    })
    hear('pause', () => (this.playing = false))
    hear('ended', () => (this.playing = false))
    hear('timeupdate', () => (this.position = video.currentTime))
    hear('durationchange', () => this.measure(video))
    hear('error', () => void this.fail())
    this.watch(video)
    return () => {
      control.abort()
      video.pause()
      video.removeAttribute('src')
      video.load()
      this.video = null
    }
  }

  async play(): Promise<void> {
    this.ask()
    try {
      await this.video?.play()
    } catch (error) {
      // Paused before it began; what is wrong with the file its own event tells.
      if (!(error instanceof DOMException)) throw error
    }
  }

  pause(): void {
    this.video?.pause()
  }

  toggle(): void {
    if (this.playing) this.pause()
    else void this.play()
  }

  seek(seconds: number): void {
    this.ask()
    this.position = seconds
    if (this.video) this.video.currentTime = seconds
  }

  /** The frame before or after the one that is shown. */
  step(by: 1 | -1): void {
    this.pause()
    const frame = this.frame ?? 1 / COMMON_RATE
    // To the middle of the frame: its very begin may round into the one before.
    const last = Math.max(0, this.seconds - frame / 2)
    this.seek(Math.min(last, Math.max(0, this.shown + by * frame + frame / 2)))
  }

  setSpeed(speed: number): void {
    this.speed = speed
    if (this.video) this.video.playbackRate = speed
  }

  setVolume(volume: number): void {
    this.volume = volume
    if (this.video) this.video.volume = volume
  }

  large(): void {
    void this.video?.requestFullscreen()
  }

  retry(): void {
    this.failure = null
  }

  leave(): void {
    this.on.leave(this)
  }

  /** Asks for what is not needed before the film is touched. */
  private ask(): void {
    if (this.asked) return
    this.asked = true
    if (this.video) this.video.preload = 'auto'
    const path = this.file.name.split('/').map(encodeURIComponent).join('/')
    jsonOf<{ frames_per_second: number | null }>(`/api/v1/files/${this.file.folder}/${path}`).then(
      ({ frames_per_second: rate }) => {
        if (rate) this.frame = 1 / rate
      },
      () => undefined, // then the distance of frames that were seen is used
    )
  }

  private watch(video: HTMLVideoElement): void {
    const each = (_now: number, frame: VideoFrameCallbackMetadata) => {
      const apart = frame.mediaTime - this.shown
      if (this.playing && this.frame === null && apart > 0.005 && apart < 0.2) this.frame = apart
      this.shown = frame.mediaTime
      if (this.playing) this.position = frame.mediaTime
      if (this.video === video) video.requestVideoFrameCallback(each)
    }
    video.requestVideoFrameCallback(each)
  }

  /** A film that was recorded in a browser tells its length only once its end was looked for. */
  private measure(video: HTMLVideoElement): void {
    if (Number.isFinite(video.duration)) this.seconds = video.duration
    else if (video.seekable.length > 0) {
      const end = video.seekable.end(video.seekable.length - 1)
      if (Number.isFinite(end)) this.seconds = end
    }
  }

  private async fail(): Promise<void> {
    if (this.video?.getAttribute('src')) this.failure = await failureOf(this.file.url)
  }
}
