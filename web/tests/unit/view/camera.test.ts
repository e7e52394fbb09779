import { expect, test } from 'vitest'
import {
  between,
  fitted,
  MOST_ZOOM,
  opening,
  revealed,
  seen,
  toGraph,
  toScreen,
  zoomedAt,
} from '../../../src/view/camera'

const look = { x: 100, y: -50, zoom: 0.5 }
const size = { width: 800, height: 600 }

test('a point of the screen and of the graph are each other', () => {
  const point = toGraph(look, { x: 30, y: 40 })
  expect(point).toEqual({ x: 160, y: 30 })
  expect(toScreen(look, point)).toEqual({ x: 30, y: 40 })
})

test('zooming leaves what is under the pointer where it is', () => {
  const pointer = { x: 200, y: 120 }
  const before = toGraph(look, pointer)
  const after = toGraph(zoomedAt(look, pointer, 2), pointer)
  expect(after.x).toBeCloseTo(before.x)
  expect(after.y).toBeCloseTo(before.y)
})

test('zooming ends at the largest scale', () => {
  expect(zoomedAt(look, { x: 0, y: 0 }, 1000).zoom).toBe(MOST_ZOOM)
})

test('fitting shows all of a box in the middle, no closer than asked', () => {
  const large = fitted({ x: 0, y: 0, width: 4000, height: 1000 }, size)
  const view = seen(large, size)
  expect(view.x).toBeLessThan(0)
  expect(view.x + view.width).toBeGreaterThan(4000)
  expect(view.x + view.width / 2).toBeCloseTo(2000)
  expect(fitted({ x: 0, y: 0, width: 10, height: 10 }, size, 1.2).zoom).toBe(1.2)
})

test('revealing moves no further than it must, and not at all for what is seen', () => {
  expect(revealed(look, { x: 300, y: 100, width: 50, height: 50 }, size)).toBe(look)
  const moved = revealed(look, { x: 1700, y: 100, width: 100, height: 50 }, size)
  expect(moved.x + 800 / 0.5).toBeCloseTo(1800 + 40 / 0.5)
  expect(moved.y).toBe(look.y)
})

test('a glide begins and ends where it shall', () => {
  const to = { x: -300, y: 20, zoom: 2 }
  for (const [share, wanted] of [
    [0, look],
    [1, to],
  ] as const) {
    const at = between(look, to, share)
    expect(at.x).toBeCloseTo(wanted.x)
    expect(at.zoom).toBeCloseTo(wanted.zoom)
  }
})

test('one begins with all of a graph, but on a phone with its beginning, large enough to be read', () => {
  const box = { x: 100, y: 200, width: 2400, height: 500 }
  expect(opening(box, size)).toEqual(fitted(box, size))
  const phone = { width: 390, height: 740 }
  const first = opening(box, phone)
  expect(first.zoom).toBe(0.75)
  expect(toScreen(first, box).x).toBeCloseTo(16)
  expect(toScreen(first, { x: 0, y: 450 }).y).toBeCloseTo(370)
  const small = { ...box, width: 200, height: 200 }
  expect(opening(small, phone)).toEqual(fitted(small, phone))
})
