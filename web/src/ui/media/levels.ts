/** How loud samples are, in decibels relative to full scale (dBFS, a full-scale sample is 0). */

export interface Level {
  readonly peakDb: number
  readonly rmsDb: number
}

export const SILENT: Level = { peakDb: -Infinity, rmsDb: -Infinity }

export function decibels(amplitude: number): number {
  return amplitude > 0 ? 20 * Math.log10(amplitude) : -Infinity
}

export function amplitude(db: number): number {
  return 10 ** (db / 20)
}

export function levelOf(samples: Float32Array): Level {
  let peak = 0
  let squares = 0
  for (const sample of samples) {
    const size = Math.abs(sample)
    if (size > peak) peak = size
    squares += sample * sample
  }
  return { peakDb: decibels(peak), rmsDb: decibels(Math.sqrt(squares / Math.max(1, samples.length))) }
}

const BLOCK_SECONDS = 0.4
const ABSOLUTE_GATE_DB = -70
const RELATIVE_GATE_DB = -10

/**
 * How loud a sound is on the whole, in dBFS: blocks of 0.4 s, the quiet ones left out, as ITU-R BS.1770
 * gates them, but without its weighting by frequency. Good enough to set two takes of one piece alike.
 */
export function gatedLevelDb(channels: readonly Float32Array[], rateHz: number): number {
  const powers = blockPowers(channels, Math.max(1, Math.round(BLOCK_SECONDS * rateHz)))
  const heard = powers.filter((power) => 10 * Math.log10(power) > ABSOLUTE_GATE_DB)
  if (heard.length === 0) return -Infinity
  const gate = 10 * Math.log10(mean(heard)) + RELATIVE_GATE_DB
  return 10 * Math.log10(mean(heard.filter((power) => 10 * Math.log10(power) > gate)))
}

function blockPowers(channels: readonly Float32Array[], block: number): number[] {
  const frames = channels[0]?.length ?? 0
  const powers: number[] = []
  for (let start = 0; start < frames; start += block) {
    let squares = 0
    const end = Math.min(frames, start + block)
    for (const channel of channels) {
      for (let frame = start; frame < end; frame++) squares += (channel[frame] ?? 0) ** 2
    }
    powers.push(squares / (end - start))
  }
  return powers
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
