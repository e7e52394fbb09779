/** One sound that can be played: streamed by ranges, or, for a loop, sample by sample from memory. */

import { decoder, LONGEST_SECONDS } from './decoding'
import { failureOf, type Failure } from './failure'
import type { Level } from './levels'
import { positionIn, seamless, within, type Loop } from './loop'
import { stage, type Playable, type Stage } from './stage.svelte'
import { FADE_SECONDS, NOTHING, Strip } from './strip'

export type { Loop } from './loop'

interface Turning {
  readonly source: AudioBufferSourceNode
  readonly loop: Loop
  readonly from: number
  /** In the context's time. */
  readonly began: number
}

export class Track extends EventTarget implements Playable {
  playing = $state(false)
  position = $state(0)
  seconds = $state(0)
  speed = $state(1)
  volume = $state(1)
  loop: Loop | null = $state.raw(null)
  failure: Failure | null = $state(null)
  /** Between the wish to hear it and the first sample. */
  waiting = $state(false)
  private element: HTMLAudioElement | null = null
  private strip: Strip | null = null
  private turning: Turning | null = null
  private trim = 1
  private frame = 0
  /** Counts wishes: a slow answer to an old one is dropped. */
  private wish = 0
  private left = false

  constructor(
    readonly url: string,
    readonly title = '',
    private channels = 2,
    private readonly on: Stage = stage,
  ) {
    super()
  }

  /** What is known of the sound by others, before it is loaded itself. */
  learn(seconds: number, channels: number): void {
    this.seconds = seconds
    if (this.strip === null) this.channels = channels
  }

  async play(): Promise<void> {
    const wish = ++this.wish
    this.on.claim(this)
    this.playing = this.waiting = true
    this.failure = null
    const strip = this.connected()
    await this.on.context.resume()
    if (wish !== this.wish) return
    if (this.seconds > 0 && this.position >= this.seconds - 0.01) this.place(0)
    try {
      if (!(await this.turn(wish))) await this.stream(wish)
    } catch (error) {
      if (wish === this.wish) await this.fail(error)
      return
    }
    if (wish !== this.wish) return
    strip.open()
    this.waiting = false
    this.tell('play')
    this.follow()
  }

  pause(): void {
    const wish = ++this.wish
    const sounded = this.playing && !this.waiting
    this.playing = this.waiting = false
    cancelAnimationFrame(this.frame)
    this.tell('pause')
    const closed = sounded && this.strip ? this.strip.close() : Promise.resolve()
    void closed.then(() => {
      if (wish !== this.wish) return
      this.hush()
      this.tell('rest')
    })
  }

  toggle(): void {
    if (this.playing) this.pause()
    else void this.play()
  }

  /** Goes to a place in the sound, which need not be loaded yet. */
  seek(seconds: number): void {
    const target = Math.max(0, this.seconds > 0 ? Math.min(seconds, this.seconds) : seconds)
    this.position = target
    this.tell('timeupdate')
    if (this.playing) void this.replay()
    else this.place(target)
  }

  setLoop(loop: Loop | null): void {
    this.loop = loop === null ? null : within(loop, this.seconds)
    if (this.playing) void this.replay()
  }

  setSpeed(speed: number): void {
    this.speed = speed
    if (this.element) this.element.playbackRate = speed
    if (this.playing && this.loop !== null) void this.replay()
  }

  setVolume(volume: number): void {
    this.volume = volume
    if (this.strip) this.strip.gain = volume * this.trim
  }

  /** A gain beside the volume, to set two sounds alike. */
  setTrim(gain: number): void {
    this.trim = gain
    if (this.strip) this.strip.gain = this.volume * gain
  }

  /** What is heard now, by channel, before the volume. */
  levels(): readonly Level[] {
    return this.strip?.levels() ?? NOTHING
  }

  /** Tries again after a failure. */
  retry(): void {
    this.failure = null
    this.element?.load()
    void this.play()
  }

  leave(): void {
    this.wish++
    this.left = true
    this.playing = false
    cancelAnimationFrame(this.frame)
    this.hush()
    this.strip?.disconnect()
    this.element?.removeAttribute('src')
    this.element?.load()
    this.element = null
    this.on.leave(this)
  }

  private connected(): Strip {
    if (this.strip) return this.strip
    const { context } = this.on
    const element = this.streamed()
    this.strip = new Strip(context, this.channels)
    this.strip.gain = this.volume * this.trim
    context.createMediaElementSource(element).connect(this.strip.input)
    return this.strip
  }

  private streamed(): HTMLAudioElement {
    if (this.element) return this.element
    const element = new Audio()
    element.preload = 'none'
    element.src = this.url
    element.addEventListener('loadedmetadata', () => {
      if (Number.isFinite(element.duration)) this.seconds = element.duration
      this.tell('durationchange')
    })
    element.addEventListener('ended', () => this.ended())
    element.addEventListener('error', () => {
      if (!this.left) void this.fail(element.error)
    })
    element.currentTime = this.position
    this.element = element
    return element
  }

  private async stream(wish: number): Promise<void> {
    const element = this.streamed()
    const loop = this.loop
    if (loop && (this.position < loop.start || this.position >= loop.end)) this.position = loop.start
    if (Math.abs(element.currentTime - this.position) > 0.02) element.currentTime = this.position
    element.playbackRate = this.speed
    await element.play()
    if (wish !== this.wish) element.pause()
  }

  /** Plays the loop from memory; false if it must be streamed, as it is long or slowed down. */
  private async turn(wish: number): Promise<boolean> {
    const loop = this.loop
    if (loop === null || this.speed !== 1 || this.seconds > LONGEST_SECONDS) return false
    const decoded = await decoder.decode(this.url, this.seconds)
    if (wish !== this.wish || this.strip === null) return true
    const inside = this.position >= loop.start && this.position < loop.end
    const from = inside ? this.position : loop.start
    const { context } = this.on
    const source = context.createBufferSource()
    source.buffer = cut(context, decoded, loop)
    source.loop = true
    source.connect(this.strip.input)
    this.element?.pause()
    const began = context.currentTime
    source.start(began, from - loop.start)
    this.turning = { source, loop, from, began }
    return true
  }

  private async replay(): Promise<void> {
    const wish = ++this.wish
    // What is still heard while the fader closes is not where it goes on.
    cancelAnimationFrame(this.frame)
    await this.strip?.close()
    if (wish !== this.wish) return
    this.hush()
    await this.play()
  }

  private hush(): void {
    this.element?.pause()
    this.turning?.source.stop()
    this.turning?.source.disconnect()
    this.turning = null
  }

  private place(seconds: number): void {
    this.position = seconds
    if (this.element) this.element.currentTime = seconds
  }

  /** Lets the position follow what is heard, frame by frame. */
  private follow(): void {
    cancelAnimationFrame(this.frame)
    const step = () => {
      if (!this.playing) return
      this.position = this.heard()
      const { loop } = this
      if (loop && this.turning === null && this.position >= loop.end - FADE_SECONDS * 2) {
        this.position = loop.start
        void this.replay()
        return
      }
      this.tell('timeupdate')
      this.frame = requestAnimationFrame(step)
    }
    this.frame = requestAnimationFrame(step)
  }

  private heard(): number {
    if (this.turning) {
      const { loop, from, began } = this.turning
      return positionIn(loop, from, this.on.context.currentTime - began)
    }
    return this.element?.currentTime ?? this.position
  }

  private ended(): void {
    if (this.loop && this.playing) {
      this.position = this.loop.start
      void this.replay()
      return
    }
    this.playing = false
    this.position = this.seconds
    this.tell('ended')
  }

  private async fail(error: unknown): Promise<void> {
    if (error instanceof DOMException && error.name === 'AbortError') return
    this.playing = this.waiting = false
    this.tell('pause')
    const found = await failureOf(this.url)
    if (this.left) return
    this.failure = found
    this.tell('rest')
  }

  private tell(event: 'play' | 'pause' | 'timeupdate' | 'durationchange' | 'ended' | 'rest'): void {
    this.dispatchEvent(new Event(event))
  }
}

function cut(context: AudioContext, decoded: AudioBuffer, loop: Loop): AudioBuffer {
  const rate = decoded.sampleRate
  const start = Math.round(loop.start * rate)
  const end = Math.min(decoded.length, Math.max(start + 2, Math.round(loop.end * rate)))
  const fade = Math.round(FADE_SECONDS * rate)
  const part = context.createBuffer(decoded.numberOfChannels, end - start, rate)
  for (let channel = 0; channel < decoded.numberOfChannels; channel++) {
    part.copyToChannel(seamless(decoded.getChannelData(channel), start, end, fade), channel)
  }
  return part
}
