import { expect, test } from 'vitest'
import { Cards, FADE } from '../../../src/view/cards'
import { sceneOf } from './graph'

const size = { width: 400, height: 300 }
const none = new Set<string>()
const at = (x: number, zoom: number, now: number, most = 10, kept: ReadonlySet<string> = none) => ({
  look: { x, y: -50, zoom },
  size,
  kept,
  most,
  now,
})

test('near, only nodes in view and close to it are cards', () => {
  const cards = new Cards()
  cards.step(sceneOf(), at(-40, 1, 0))
  expect([...cards.since.keys()]).toEqual(['1'])
})

test('far, there are none once they have faded', () => {
  const cards = new Cards()
  const scene = sceneOf()
  cards.step(scene, at(-20, 1, 0))
  cards.step(scene, at(-20, 0.2, 1000))
  expect(cards.near).toBe(false)
  cards.step(scene, at(-20, 0.2, 1000 + FADE))
  expect(cards.since.size).toBe(0)
})

test('so many come in a step, and it says that there are more', () => {
  const cards = new Cards()
  const first = cards.step(sceneOf(), at(380, 0.6, 0, 1))
  expect(first.more).toBe(true)
  expect(cards.since.size).toBe(1)
  cards.step(sceneOf(), at(380, 0.6, 16, 1))
  expect(cards.since.size).toBe(2)
})

test('a card just out of view stays, so that small moves change nothing', () => {
  const cards = new Cards()
  const scene = sceneOf()
  cards.step(scene, at(-40, 1, 0))
  expect(cards.step(scene, at(260, 1, 500)).changed).toBe(true)
  expect(cards.since.has('1')).toBe(true)
  cards.step(scene, at(600, 1, 1000))
  expect(cards.since.has('1')).toBe(false)
})

test('between the two borders it stays as it was', () => {
  const cards = new Cards()
  const scene = sceneOf()
  cards.step(scene, at(0, 0.49, 0))
  expect(cards.near).toBe(false)
  cards.step(scene, at(0, 0.6, 10))
  cards.step(scene, at(0, 0.49, 20))
  expect(cards.near).toBe(true)
})

test('what is kept stays however far one looks', () => {
  const cards = new Cards()
  const scene = sceneOf()
  cards.step(scene, at(5000, 1, 0, 10, new Set(['1'])))
  cards.step(scene, at(5000, 0.1, 1000, 10, new Set(['1'])))
  cards.step(scene, at(5000, 0.1, 2000, 10, new Set(['1'])))
  expect([...cards.since.keys()]).toEqual(['1'])
})

test('a node is drawn until its card has been seen', () => {
  const cards = new Cards()
  cards.step(sceneOf(), at(-20, 1, 0))
  expect(cards.covers('1', 10)).toBe(false)
  expect(cards.covers('1', 1000)).toBe(true)
})
