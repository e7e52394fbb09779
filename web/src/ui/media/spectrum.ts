/** A spectrogram with a logarithmic scale of frequency, as ears have one: pure, for the worker. */

import FFT from 'wavesurfer.js/dist/fft.js'
import { frequencyAt, highestOf } from './scale'

interface Analysis {
  /** From as many samples as a frame has, the heights of its bins; a full-scale tone is 1. */
  calculateSpectrum(frame: Float32Array): Float32Array
}

// Its declarations say that the class is a plain function as well.
const Transform = FFT as unknown as new (
  frame: number,
  rateHz: number,
  window: string,
  alpha: number,
) => Analysis

export interface SpectrumAsked {
  /** One channel. */
  readonly samples: Float32Array
  readonly rateHz: number
  readonly columns: number
  readonly rows: number
}

// A frame of 85 ms at 48 kHz: low notes are told apart, drums still stand out.
const FRAME = 4096
const FLOOR_DB = -100
const CEILING_DB = -10
// A Hann window halves the height of a tone.
const WINDOW_GAIN_DB = 6.02

/** Strengths from 0 (-100 dBFS) to 255 (-10 dBFS), row by row, high tones first. */
export function spectrogram(asked: SpectrumAsked): Uint8Array<ArrayBuffer> {
  const { samples, rateHz, columns, rows } = asked
  const fft = new Transform(FRAME, rateHz, 'hann', 0)
  const bands = bandsOf(rows, rateHz)
  const found = new Uint8Array(columns * rows)
  const frame = new Float32Array(FRAME)
  for (let column = 0; column < columns; column++) {
    const middle = ((column + 0.5) / columns) * samples.length
    const from = Math.round(middle - FRAME / 2)
    frame.fill(0)
    const start = Math.max(0, from)
    frame.set(samples.subarray(start, Math.max(start, Math.min(samples.length, from + FRAME))), start - from)
    const strengths = fft.calculateSpectrum(frame)
    bands.forEach((band, row) => {
      found[row * columns + column] = shade(strongest(strengths, band))
    })
  }
  return found
}

interface Band {
  /** In bins, with fractions. */
  readonly low: number
  readonly high: number
}

function bandsOf(rows: number, rateHz: number): Band[] {
  const highest = highestOf(rateHz)
  const bin = rateHz / FRAME
  return Array.from({ length: rows }, (_, row) => ({
    low: frequencyAt((rows - 1 - row) / rows, highest) / bin,
    high: frequencyAt((rows - row) / rows, highest) / bin,
  }))
}

/** The strongest bin of a band; where a band is narrower than a bin, what lies between two. */
function strongest(strengths: Float32Array, band: Band): number {
  const first = Math.ceil(band.low)
  const last = Math.floor(band.high)
  if (first > last) {
    const place = (band.low + band.high) / 2
    const below = Math.floor(place)
    const [low, high] = [strengths[below] ?? 0, strengths[below + 1] ?? 0]
    return low + (high - low) * (place - below)
  }
  let most = 0
  for (let bin = first; bin <= last; bin++) most = Math.max(most, strengths[bin] ?? 0)
  return most
}

function shade(strength: number): number {
  const db = 20 * Math.log10(Math.max(1e-9, strength)) + WINDOW_GAIN_DB
  return Math.round(Math.max(0, Math.min(1, (db - FLOOR_DB) / (CEILING_DB - FLOOR_DB))) * 255)
}
