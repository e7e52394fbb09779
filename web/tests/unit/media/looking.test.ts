import { describe, expect, it } from 'vitest'
import { span, thinned, ticks } from '../../../src/ui/media/axis'
import { ramp, rgb } from '../../../src/ui/media/colours'
import { bytes, clock, level } from '../../../src/ui/media/figures'
import { smoothed } from '../../../src/ui/media/relief'
import { levelFor, tilesIn } from '../../../src/ui/media/tiles'
import { paragraphs, wordAt } from '../../../src/ui/media/wordtimes'
import { fitted, kept, pixelAt, zoomed } from '../../../src/ui/media/zoom'

const PICTURE = { width: 1000, height: 500 }
const BOX = { width: 200, height: 200 }

describe('zoom', () => {
  it('fits the whole picture into the middle', () => {
    expect(fitted(PICTURE, BOX)).toEqual({ x: 0, y: 50, scale: 0.2 })
  })

  it('shows the pixels of a tiny picture as squares, of a small one as they are', () => {
    expect(fitted({ width: 16, height: 16 }, BOX).scale).toBe(12)
    expect(fitted({ width: 100, height: 100 }, BOX).scale).toBe(1)
  })

  it('keeps the point under the pointer', () => {
    const before = { x: -300, y: -100, scale: 1 }
    const after = zoomed(before, 2, 60, 80, PICTURE, BOX)
    expect(pixelAt(after, 60, 80, PICTURE)).toEqual(pixelAt(before, 60, 80, PICTURE))
    expect(after.scale).toBe(2)
  })

  it('goes no further out than whole and no further in than 64 times', () => {
    expect(zoomed(fitted(PICTURE, BOX), 0.1, 0, 0, PICTURE, BOX).scale).toBe(0.2)
    expect(zoomed({ x: 0, y: 0, scale: 50 }, 10, 0, 0, PICTURE, BOX).scale).toBe(64)
  })

  it('leaves no gap beside a picture that is larger than the box', () => {
    expect(kept({ x: 40, y: -9000, scale: 1 }, PICTURE, BOX)).toEqual({ x: 0, y: -300, scale: 1 })
  })

  it('reads no pixel beside the picture', () => {
    expect(pixelAt({ x: 10, y: 10, scale: 2 }, 9, 20, PICTURE)).toBeNull()
    expect(pixelAt({ x: 10, y: 10, scale: 2 }, 13, 10, PICTURE)).toEqual({ x: 1, y: 0 })
  })
})

describe('tiles', () => {
  // As the server tells of a picture of 9000 by 8000 pixels.
  const pyramid = { width: 9000, height: 8000, tile: 256, levels: 7 }

  it('come from the coarsest level that is fine enough', () => {
    expect(levelFor(1, 7)).toBe(6)
    expect(levelFor(0.5, 7)).toBe(5)
    expect(levelFor(0.51, 7)).toBe(6)
    expect(levelFor(0.0001, 7)).toBe(0)
    expect(levelFor(40, 7)).toBe(6)
  })

  it('are one for the whole picture at level 0, as wide as the picture', () => {
    const view = fitted(pyramid, BOX)
    const tiles = tilesIn(view, BOX, pyramid, 0)
    expect(tiles).toHaveLength(1)
    expect(tiles[0]).toMatchObject({ level: 0, x: 0, y: 0, left: 0 })
    // A level is rounded up to whole pixels: 141 of 64 each.
    expect(tiles[0]?.width).toBeCloseTo((141 * 64 * 200) / 9000, 6)
  })

  it('are only those that are seen, the middle first', () => {
    const tiles = tilesIn({ x: -512, y: -512, scale: 1 }, BOX, pyramid, 6)
    expect(tiles.map((tile) => [tile.x, tile.y])).toEqual([[2, 2]])
    const wide = tilesIn({ x: -512, y: -512, scale: 1 }, { width: 700, height: 300 }, pyramid, 6)
    expect(wide[0]).toMatchObject({ x: 3, y: 2 })
    expect(wide).toHaveLength(6)
  })

  it('are smaller at the right and lower edge, and there are none beyond', () => {
    const tiles = tilesIn({ x: -8900, y: -7900, scale: 1 }, BOX, pyramid, 6)
    const last = tiles.find((tile) => tile.x === 35)
    expect(last?.width).toBe(9000 - 35 * 256)
    expect(Math.max(...tiles.map((tile) => tile.y))).toBe(31)
  })
})

describe('an axis', () => {
  it('has round marks', () => {
    expect(ticks(0, 10, 5)).toEqual([0, 2, 4, 6, 8, 10])
    expect(ticks(-0.3, 0.3, 3)).toEqual([-0.2, 0, 0.2])
    expect(ticks(5, 5, 3)).toEqual([5])
  })

  it('begins at nought for bars, and has a height even if all values are one', () => {
    expect(span([-24, -13], true)).toEqual([-24, 0])
    expect(span([100, 101], false)).toEqual([100, 101])
    expect(span([3, 3, NaN], false)).toEqual([2.5, 3.5])
    expect(span([], false)).toEqual([0, 1])
  })

  it('keeps the extremes of a long line', () => {
    const values = Array.from({ length: 10_000 }, (_, at) => (at === 4321 ? 9 : Math.sin(at)))
    const kept = thinned(values, 500)
    expect(kept.length).toBeLessThanOrEqual(500)
    expect(kept).toContain(4321)
    expect([...kept].sort((a, b) => a - b)).toEqual(kept)
  })
})

describe('words', () => {
  const words = [0, 1, 2, 9].map((start) => ({ text: String(start), start, end: start + 0.5 }))

  it('are found by the time', () => {
    expect([-1, 0, 0.9, 1, 8.9, 99].map((at) => wordAt(words, at))).toEqual([-1, 0, 0, 1, 2, 3])
    expect(wordAt([], 3)).toBe(-1)
  })

  it('begin a paragraph after a silence', () => {
    expect(paragraphs(words).map((part) => [part.first, part.words.length])).toEqual([
      [0, 3],
      [3, 1],
    ])
  })
})

describe('figures', () => {
  it('tell the time in as many signs while it runs', () => {
    expect([0, 3.25, 59.96, 754.3, 3723.4].map((at) => clock(at))).toEqual([
      '0:00.0',
      '0:03.2',
      '0:59.9',
      '12:34.3',
      '1:02:03.4',
    ])
    expect(clock(59.96, false)).toBe('1:00')
    expect(clock(NaN)).toBe('0:00.0')
  })

  it('write levels with a true minus, and silence as minus infinity', () => {
    expect([level(-16.24), level(0), level(-0.01), level(null), level(-Infinity)]).toEqual([
      '−16.2',
      '0.0',
      '0.0',
      '−∞',
      '−∞',
    ])
  })

  it('write sizes in thousands', () => {
    expect([bytes(0), bytes(999), bytes(1234), bytes(56_000_000)]).toEqual([
      '0 B',
      '999 B',
      '1.2 kB',
      '56 MB',
    ])
  })
})

it('a ramp runs through its colours', () => {
  const table = ramp([rgb('#000000'), rgb('#ff0000'), rgb('#ffffff')])
  expect([...table.subarray(0, 4)]).toEqual([0, 0, 0, 255])
  expect([...table.subarray(255 * 4)]).toEqual([255, 255, 255, 255])
  expect(table[127 * 4]).toBeGreaterThan(250)
  expect(table[127 * 4 + 1]).toBeLessThan(5)
})

it('smoothing keeps a plain plain and softens a step', () => {
  expect(
    [...smoothed(new Float32Array(9).fill(0.5), 3, 3)].every((each) => Math.abs(each - 0.5) < 1e-6),
  ).toBe(true)
  const step = smoothed(Float32Array.from([0, 0, 1, 1]), 4, 1)
  expect(step[1]).toBeCloseTo(1 / 3)
})
