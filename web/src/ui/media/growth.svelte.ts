/** A sound that is heard while it is made: what there is of it is fetched piece by piece, ahead of the ear. */

import { bytesOf, MediaFailure, type Failure } from './failure'
import { begun, fades, followed, heard, isDry, nextFrom, onGrid, type Cue, type Line } from './joining'
import { stage, type Playable, type Stage } from './stage.svelte'
import { Strip } from './strip'

// The first piece is short, so that it is there soon.
const FIRST_SECONDS = 8
const PIECE_SECONDS = 60
// The server lets go of the sound when the job ends: what is there by then is to be heard to its end.
const AHEAD_SECONDS = 120
// Less is not worth asking for while there is enough to hear.
const LEAST_SECONDS = 2
const ENOUGH_SECONDS = 6
const LOOK_MILLISECONDS = 50

/** The sound from a place on; null where there is none. Throws MediaFailure. */
export type Load = (url: string, from: number, seconds: number) => Promise<AudioBuffer | null>

export class Growth extends EventTarget implements Playable {
  playing = $state(false)
  position = $state(0)
  /** How much of it is known to be there. */
  seconds = $state(0)
  /** Wants to be heard, but has nothing to be heard yet. */
  waiting = $state(false)
  failure: Failure | null = $state(null)
  private strip: Strip | null = null
  private line: Line | null = null
  private readonly sources = new Set<AudioBufferSourceNode>()
  private finished = false
  /** Nothing more is to be had. */
  private gone = false
  private pulling = false
  /** Counts wishes: a slow answer to an old one is dropped. */
  private wish = 0
  private timer: ReturnType<typeof setInterval> | undefined

  constructor(
    readonly url: string,
    readonly title = '',
    private readonly on: Stage = stage,
    private readonly load: Load = (...asked) => loaded(on.context, ...asked),
  ) {
    super()
  }

  /** There is more of it. */
  grow(seconds: number): void {
    this.finished = this.gone = false
    this.seconds = seconds
    this.look()
  }

  /** Nobody tells of more: what there is is played to its end. */
  finish(): void {
    this.finished = true
    this.look()
  }

  async play(): Promise<void> {
    const wish = ++this.wish
    this.on.claim(this)
    this.playing = this.waiting = true
    this.failure = null
    this.strip ??= new Strip(this.on.context, 2)
    await this.on.context.resume()
    if (wish !== this.wish) return
    if (this.finished && this.position >= this.seconds) this.position = 0
    this.gone = false
    this.hush()
    this.strip.open()
    this.timer = setInterval(() => this.look(), LOOK_MILLISECONDS)
    await this.pull()
  }

  pause(): void {
    const wish = ++this.wish
    this.rest()
    void (this.strip?.close() ?? Promise.resolve()).then(() => {
      if (wish === this.wish) this.hush()
    })
  }

  toggle(): void {
    if (this.playing) this.pause()
    else void this.play()
  }

  seek(seconds: number): void {
    this.position = Math.max(0, Math.min(seconds, this.seconds))
    if (!this.playing) return
    const wish = ++this.wish
    this.rest()
    this.playing = this.waiting = true
    void (this.strip?.close() ?? Promise.resolve()).then(() => {
      if (wish === this.wish) void this.play()
    })
  }

  leave(): void {
    this.wish++
    this.rest()
    this.hush()
    this.strip?.disconnect()
    this.strip = null
    this.on.leave(this)
  }

  /** Follows what is heard, and sees to it that there is more to hear. */
  private look(): void {
    if (!this.playing) return
    const now = this.on.context.currentTime
    if (this.line !== null) {
      this.position = heard(this.line, now)
      this.waiting = isDry(this.line, now)
      if (this.waiting && this.finished && this.gone) return this.end()
    } else if (this.finished && this.gone) return this.end()
    void this.pull()
  }

  private async pull(): Promise<void> {
    if (this.pulling) return
    this.pulling = true
    const wish = this.wish
    try {
      while (wish === this.wish && this.playing && this.wants()) {
        const from = this.line === null ? onGrid(this.position) : nextFrom(this.line)
        const length = this.line === null ? FIRST_SECONDS : PIECE_SECONDS
        const piece = await this.load(this.url, from, length)
        if (wish === this.wish) this.gone = piece === null || !this.add(from, piece)
      }
    } catch (error) {
      if (wish === this.wish) this.fail(error)
    } finally {
      this.pulling = false
      // Somebody wished otherwise meanwhile, and was not let in.
      if (wish !== this.wish && this.playing) this.look()
    }
  }

  private wants(): boolean {
    if (this.gone) return false
    if (this.line === null) return this.finished || this.position < this.seconds
    const ahead = this.line.end - heard(this.line, this.on.context.currentTime)
    if (ahead > AHEAD_SECONDS) return false
    const more = this.seconds - this.line.end
    return this.finished || more > LEAST_SECONDS || (more > 0.001 && ahead < ENOUGH_SECONDS)
  }

  /** Puts a piece behind what plays; false if it brings nothing. */
  private add(from: number, piece: AudioBuffer): boolean {
    const { currentTime: now, sampleRate } = this.on.context
    const cue =
      this.line === null
        ? begun(from, piece.duration, now, sampleRate)
        : followed(this.line, from, piece.duration, now, sampleRate)
    if (cue === null) return false
    this.line = cue.line
    this.seconds = Math.max(this.seconds, cue.line.end)
    this.waiting = false
    this.sound(piece, cue)
    return true
  }

  private sound(piece: AudioBuffer, cue: Cue): void {
    const { context } = this.on
    const source = context.createBufferSource()
    const fader = context.createGain()
    source.buffer = piece
    fader.gain.value = 0
    for (const [index, [time, gain]] of fades(cue, piece.duration).entries()) {
      if (index === 0) fader.gain.setValueAtTime(gain, time)
      else fader.gain.linearRampToValueAtTime(gain, time)
    }
    if (this.strip) source.connect(fader).connect(this.strip.input)
    source.start(cue.when)
    this.sources.add(source)
    source.onended = () => {
      fader.disconnect()
      this.sources.delete(source)
    }
  }

  private hush(): void {
    for (const source of this.sources) source.stop()
    this.sources.clear()
    this.line = null
  }

  private rest(): void {
    clearInterval(this.timer)
    const sounded = this.playing
    this.playing = this.waiting = false
    if (sounded) this.dispatchEvent(new Event('rest'))
  }

  private end(): void {
    this.wish++
    this.rest()
    this.hush()
  }

  private fail(error: unknown): void {
    this.end()
    this.failure = error instanceof MediaFailure ? error.failure : 'unreadable'
  }
}

async function loaded(
  context: BaseAudioContext,
  url: string,
  from: number,
  seconds: number,
): Promise<AudioBuffer | null> {
  try {
    const bytes = await bytesOf(`${url}&from_seconds=${from.toFixed(6)}&seconds=${seconds}`)
    return await context.decodeAudioData(bytes)
  } catch (error) {
    if (error instanceof MediaFailure && error.failure === 'gone') return null
    throw error
  }
}
