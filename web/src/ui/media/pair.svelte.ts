/** Two sounds heard in turn at the same place and equally loud, also blindly. */

import { decoder } from './decoding'
import { MediaFailure, type Failure } from './failure'
import { amplitude, gatedLevelDb } from './levels'
import { stage, type Playable, type Stage } from './stage.svelte'
import { FADE_SECONDS } from './strip'

export type Side = 'a' | 'b'
export type Heard = Side | 'x'

export interface Compared {
  readonly url: string
  readonly seconds: number | null
  /** Integrated loudness in LUFS, if it was measured. */
  readonly loudness: number | null
}

/** How much each side is turned down, in decibels, so that none is louder: 0 and a negative number. */
export function trims(a: number, b: number): { readonly [S in Side]: number } {
  if (!Number.isFinite(a) || !Number.isFinite(b)) return { a: 0, b: 0 }
  return { a: Math.min(0, b - a), b: Math.min(0, a - b) }
}

interface Sounding {
  readonly sources: { readonly [S in Side]: AudioBufferSourceNode }
  readonly gains: { readonly [S in Side]: GainNode }
  readonly began: number
  readonly from: number
}

export class Pair implements Playable {
  playing = $state(false)
  position = $state(0)
  seconds = $state(0)
  heard: Heard = $state('a')
  failure: Failure | null = $state(null)
  loading = $state(false)
  /** null until measured, or if it cannot be. */
  trim: { readonly [S in Side]: number } | null = $state.raw(null)
  right = $state(0)
  tries = $state(0)
  private hidden: Side
  private buffers: { readonly [S in Side]: AudioBuffer } | null = null
  private sounding: Sounding | null = null
  private frame = 0
  private wish = 0

  constructor(
    private readonly given: { readonly [S in Side]: Compared },
    readonly title: string,
    private readonly chance: () => number = Math.random,
    private readonly on: Stage = stage,
  ) {
    this.hidden = this.drawn()
    this.seconds = Math.max(given.a.seconds ?? 0, given.b.seconds ?? 0)
  }

  async play(): Promise<void> {
    const wish = ++this.wish
    this.on.claim(this)
    this.playing = true
    const { context } = this.on
    const [buffers] = await Promise.all([this.loaded(), context.resume()])
    if (wish !== this.wish || buffers === null) return
    if (this.position >= this.seconds - 0.01) this.position = 0
    this.sound(context, buffers)
    this.follow(context)
  }

  pause(): void {
    this.wish++
    this.playing = false
    cancelAnimationFrame(this.frame)
    this.hush()
  }

  toggle(): void {
    if (this.playing) this.pause()
    else void this.play()
  }

  seek(seconds: number): void {
    this.position = Math.max(0, Math.min(this.seconds, seconds))
    if (!this.playing) return
    this.hush()
    void this.play()
  }

  /** Switches at once, at the same sample; starts if nothing plays. */
  hear(which: Heard): void {
    this.heard = which
    if (this.playing) this.mix()
    else void this.play()
  }

  /** What X was said to be; a new X is drawn. Whether it was right. */
  answer(guess: Side): boolean {
    const right = guess === this.hidden
    this.tries++
    if (right) this.right++
    this.hidden = this.drawn()
    // Whoever went on hearing X would hear whether it has changed.
    if (this.heard === 'x') this.heard = 'a'
    this.mix()
    return right
  }

  forget(): void {
    this.right = this.tries = 0
    this.hidden = this.drawn()
    if (this.heard === 'x') this.heard = 'a'
    this.mix()
  }

  leave(): void {
    this.pause()
    this.on.leave(this)
    this.buffers = null
  }

  /** The gain of a side now: nought for the one that is not heard. */
  gainOf(side: Side): number {
    const sounding = this.heard === 'x' ? this.hidden : this.heard
    return side === sounding ? amplitude(this.trim?.[side] ?? 0) : 0
  }

  private drawn(): Side {
    return this.chance() < 0.5 ? 'a' : 'b'
  }

  private async loaded(): Promise<{ readonly [S in Side]: AudioBuffer } | null> {
    if (this.buffers) return this.buffers
    this.loading = true
    this.failure = null
    try {
      const read = ({ url, seconds }: Compared) => decoder.decode(url, seconds ?? 0)
      const [a, b] = await Promise.all([read(this.given.a), read(this.given.b)])
      this.buffers = { a, b }
      this.seconds = Math.max(a.duration, b.duration)
      this.trim = this.matched(this.buffers)
    } catch (error) {
      this.failure = error instanceof MediaFailure ? error.failure : 'unreadable'
      this.playing = false
    } finally {
      this.loading = false
    }
    return this.buffers
  }

  /** By both loudnesses if they are known, else both by measuring: the two scales are not mixed. */
  private matched(buffers: { readonly [S in Side]: AudioBuffer }): { readonly [S in Side]: number } | null {
    const { a, b } = this.given
    const known = a.loudness !== null && b.loudness !== null
    const levels = known
      ? { a: a.loudness, b: b.loudness }
      : { a: levelOfBuffer(buffers.a), b: levelOfBuffer(buffers.b) }
    return Number.isFinite(levels.a) && Number.isFinite(levels.b) ? trims(levels.a, levels.b) : null
  }

  private sound(context: AudioContext, buffers: { readonly [S in Side]: AudioBuffer }): void {
    this.hush()
    const began = context.currentTime + 0.01
    const [a, b] = (['a', 'b'] as const).map((side) => {
      const source = context.createBufferSource()
      source.buffer = buffers[side]
      const gain = context.createGain()
      gain.gain.setValueAtTime(0, context.currentTime)
      source.connect(gain).connect(context.destination)
      source.start(began, this.position)
      return { source, gain }
    })
    if (!a || !b) return
    this.sounding = {
      sources: { a: a.source, b: b.source },
      gains: { a: a.gain, b: b.gain },
      began,
      from: this.position,
    }
    this.mix()
  }

  private mix(): void {
    const now = this.on.open ? this.on.context.currentTime : 0
    for (const side of ['a', 'b'] as const)
      this.sounding?.gains[side].gain.setTargetAtTime(this.gainOf(side), now, FADE_SECONDS / 2)
  }

  /** Fades out what sounds and lets it end. */
  private hush(): void {
    const old = this.sounding
    this.sounding = null
    if (!old) return
    const now = this.on.context.currentTime
    for (const side of ['a', 'b'] as const) {
      old.gains[side].gain.setTargetAtTime(0, now, FADE_SECONDS / 3)
      old.sources[side].stop(now + FADE_SECONDS * 2)
    }
  }

  private follow(context: AudioContext): void {
    cancelAnimationFrame(this.frame)
    const step = () => {
      if (!this.sounding) return
      this.position = Math.max(
        this.sounding.from,
        this.sounding.from + context.currentTime - this.sounding.began,
      )
      if (this.position >= this.seconds) {
        this.position = this.seconds
        this.pause()
        return
      }
      this.frame = requestAnimationFrame(step)
    }
    this.frame = requestAnimationFrame(step)
  }
}

function levelOfBuffer(buffer: AudioBuffer): number {
  const channels = Array.from({ length: buffer.numberOfChannels }, (_, each) => buffer.getChannelData(each))
  return gatedLevelDb(channels, buffer.sampleRate)
}
