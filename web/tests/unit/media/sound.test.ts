import { describe, expect, it } from 'vitest'
import { amplitude, decibels, gatedLevelDb, levelOf } from '../../../src/ui/media/levels'
import { positionIn, seamless, within } from '../../../src/ui/media/loop'
import { halves, reduced } from '../../../src/ui/media/outline'
import { trims } from '../../../src/ui/media/pair.svelte'
import { heightOf, highestOf, mono } from '../../../src/ui/media/scale'
import { spectrogram } from '../../../src/ui/media/spectrum'
import { step } from '../../../src/ui/media/steps'

const RATE_HZ = 48_000

function sine(hertz: number, seconds: number, size = 1): Float32Array {
  return Float32Array.from(
    { length: seconds * RATE_HZ },
    (_, at) => size * Math.sin((2 * Math.PI * hertz * at) / RATE_HZ),
  )
}

describe('levels', () => {
  it('of a full-scale sine are 0 dBFS at the peak and -3.01 on average', () => {
    const { peakDb, rmsDb } = levelOf(sine(1000, 1))
    expect(peakDb).toBeCloseTo(0, 3)
    expect(rmsDb).toBeCloseTo(-3.01, 2)
  })

  it('of silence are minus infinity', () => {
    expect(levelOf(new Float32Array(8))).toEqual({ peakDb: -Infinity, rmsDb: -Infinity })
    expect(gatedLevelDb([new Float32Array(RATE_HZ)], RATE_HZ)).toBe(-Infinity)
  })

  it('turn back into amplitudes', () => {
    expect(amplitude(decibels(0.25))).toBeCloseTo(0.25, 12)
  })

  it('leave pauses out: a sound with silence in it is as loud as without', () => {
    const tone = sine(440, 4, 0.5)
    const paused = new Float32Array(tone.length * 2)
    paused.set(tone)
    expect(gatedLevelDb([paused], RATE_HZ)).toBeCloseTo(gatedLevelDb([tone], RATE_HZ), 3)
  })

  it('are matched by turning the louder one down, never the other up', () => {
    expect(trims(-10, -16)).toEqual({ a: -6, b: 0 })
    expect(trims(-16, -10)).toEqual({ a: 0, b: -6 })
    expect(trims(-Infinity, -10)).toEqual({ a: 0, b: 0 })
  })
})

describe('a loop', () => {
  it('lies in the sound and is not shorter than can be heard as one', () => {
    expect(within({ start: 8, end: 2 }, 10)).toEqual({ start: 2, end: 8 })
    expect(within({ start: -1, end: 20 }, 10)).toEqual({ start: 0, end: 10 })
    const short = within({ start: 10, end: 10 }, 10)
    expect(short.end - short.start).toBeCloseTo(0.05, 9)
  })

  it('steps from its end to its beginning as softly as from any sample to the next', () => {
    const tone = sine(333, 1)
    const [start, end] = [10_000, 30_123]
    const part = seamless(tone, start, end, 384)
    const largest = (2 * Math.PI * 333) / RATE_HZ
    const jump = Math.abs((part[0] ?? 0) - (part.at(-1) ?? 0))
    const plain = Math.abs((tone[start] ?? 0) - (tone[end - 1] ?? 0))
    expect(plain).toBeGreaterThan(0.3)
    expect(jump).toBeLessThan(largest * 2)
    expect(part.length).toBe(end - start)
  })

  it('comes from and goes to silence where nothing is before it', () => {
    const part = seamless(new Float32Array(1000).fill(1), 0, 1000, 100)
    expect(part[0]).toBe(0)
    expect(part[999]).toBe(0)
    expect(part[500]).toBe(1)
  })

  it('does not touch the sound that it is cut from', () => {
    const tone = sine(100, 0.1)
    const before = tone.slice()
    seamless(tone, 1000, 3000, 384)
    expect(tone).toEqual(before)
  })

  it('stands where its turns have led', () => {
    const loop = { start: 2, end: 5 }
    expect(positionIn(loop, 4, 0.5)).toBeCloseTo(4.5)
    expect(positionIn(loop, 4, 2)).toBeCloseTo(3)
    expect(positionIn(loop, 2, 301)).toBeCloseTo(3)
  })
})

describe('a waveform', () => {
  it('keeps its extremes when it is made smaller', () => {
    const pairs = Array.from(
      { length: 1000 },
      (_, at) => [at === 777 ? -0.9 : 0, at === 333 ? 0.8 : 0] as const,
    )
    const small = reduced(pairs, 10)
    expect(small).toHaveLength(10)
    expect(small[3]).toEqual([0, 0.8])
    expect(small[7]).toEqual([-0.9, 0])
    expect(reduced(pairs.slice(0, 5), 10)).toHaveLength(5)
  })

  it('is split at its middle line', () => {
    expect(halves([[-0.5, 0.25], [0.1, 0.2]])).toEqual([[0.25, 0.2], [0.5, 0]]) // prettier-ignore
  })
})

describe('a spectrogram', () => {
  it('has a tone at its height', () => {
    const [columns, rows] = [4, 200]
    const found = spectrogram({ samples: sine(1000, 1, 0.5), rateHz: RATE_HZ, columns, rows })
    const column = Array.from({ length: rows }, (_, row) => found[row * columns + 2] ?? 0)
    const strongest = column.indexOf(Math.max(...column))
    expect(strongest).toBeCloseTo(rows * (1 - heightOf(1000, highestOf(RATE_HZ))), -0.5)
    // Half of full scale, -6 dBFS, is above its brightest.
    expect(column[strongest]).toBe(255)
    expect(column[10]).toBeLessThan(30)
  })

  it('of silence is dark, also where a sound is shorter than a frame', () => {
    expect(
      Math.max(...spectrogram({ samples: new Float32Array(100), rateHz: 8000, columns: 3, rows: 9 })),
    ).toBe(0)
  })

  it('hears all channels', () => {
    expect([...mono([new Float32Array([1, 0]), new Float32Array([0, 0.5])])]).toEqual([0.5, 0.25])
  })
})

it('keys step through time and stay in the sound', () => {
  const key = (name: string, shiftKey = false) => step({ key: name, shiftKey }, 5, 10)
  expect([key('ArrowRight'), key('ArrowLeft', true), key('End'), key('PageUp')]).toEqual([6, 4.9, 10, 6])
  expect(step({ key: 'ArrowLeft', shiftKey: false }, 0.5, 10)).toBe(0)
  expect(key('a')).toBeNull()
})
