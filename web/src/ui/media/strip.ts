/** The way of one sound to the loudspeaker: a fader against clicks, meters, volume. */

import { levelOf, SILENT, type Level } from './levels'

// Long enough not to click, short enough not to be heard as a fade.
export const FADE_SECONDS = 0.008
const METER_FRAMES = 2048

export class Strip {
  /** Sources play into this. */
  readonly input: GainNode
  private readonly meters: readonly AnalyserNode[]
  private readonly output: GainNode
  private readonly buffer = new Float32Array(METER_FRAMES)

  constructor(
    readonly context: AudioContext,
    readonly channels: number,
  ) {
    this.input = context.createGain()
    this.output = context.createGain()
    const splitter = context.createChannelSplitter(2)
    this.input.connect(splitter)
    this.meters = Array.from({ length: Math.min(2, Math.max(1, channels)) }, (_, channel) => {
      const meter = context.createAnalyser()
      meter.fftSize = METER_FRAMES
      splitter.connect(meter, channel)
      return meter
    })
    this.input.connect(this.output).connect(context.destination)
  }

  /** What sounds now, by channel, before the volume. */
  levels(): readonly Level[] {
    return this.meters.map((meter) => {
      meter.getFloatTimeDomainData(this.buffer)
      return levelOf(this.buffer)
    })
  }

  set gain(gain: number) {
    this.output.gain.setTargetAtTime(gain, this.context.currentTime, FADE_SECONDS / 2)
  }

  /** Opens the fader, at once or softly. */
  open(): void {
    this.ramp(1)
  }

  /** Closes the fader; resolves when nothing is heard any more. */
  async close(): Promise<void> {
    if (this.context.state !== 'running') return
    this.ramp(0)
    await new Promise((resolve) => setTimeout(resolve, FADE_SECONDS * 1000 + 4))
  }

  disconnect(): void {
    this.input.disconnect()
    this.output.disconnect()
  }

  private ramp(value: number): void {
    const { gain } = this.input
    const now = this.context.currentTime
    gain.cancelScheduledValues(now)
    gain.setValueAtTime(gain.value, now)
    gain.linearRampToValueAtTime(value, now + FADE_SECONDS)
  }
}

export const NOTHING: readonly Level[] = [SILENT]
