import { expect, test } from 'vitest'
import { apply, type Change } from '../../../src/core/changes'
import { ROOT, type Graph, type Point } from '../../../src/core/document'
import { NOTHING, type Selection } from '../../../src/core/selection'
import { boxing } from '../../../src/view/gestures/box'
import { pulling } from '../../../src/view/gestures/connect'
import { dragging, snapped } from '../../../src/view/gestures/drag'
import { resizing } from '../../../src/view/gestures/resize'
import { bestSocket, judge, partners, socketOf } from '../../../src/view/sockets'
import type { SocketHit } from '../../../src/view/scene'
import type { Pulled, Refusal, Spot, Stage } from '../../../src/view/stage'
import { sceneOf, small } from './graph'

/** A stage that remembers what gestures asked of it. */
function stageOf(step = 0) {
  const document = small()
  const scene = sceneOf(document)
  const seen = {
    document,
    selection: NOTHING as Selection,
    steps: [] as Change[][],
    pulled: null as Pulled | null,
    connected: [] as string[],
    cut: [] as number[],
    refused: [] as Refusal[],
    dropped: [] as Point[],
    gates: [] as string[],
  }
  const stage: Stage = {
    scene,
    look: () => ({ x: 0, y: 0, zoom: 1 }),
    size: () => ({ width: 1000, height: 800 }),
    selection: () => seen.selection,
    select: (selection) => (seen.selection = { ...NOTHING, ...selection }),
    make(changes) {
      if (changes.length > 0) seen.steps.push([...changes])
      seen.document = apply(seen.document, changes)
      scene.take(seen.document.graphs.get(ROOT) as Graph)
    },
    redraw: () => undefined,
    snap: () => step,
    pull: (pulled) => (seen.pulled = pulled),
    box: () => undefined,
    hide: () => undefined,
    refused: (refusal) => seen.refused.push(refusal),
    dropped: (_from, at) => seen.dropped.push(at),
    connect: (a, b, unplugged) => seen.connected.push(`${name(a)} ${name(b)} ${unplugged?.id ?? '-'}`),
    disconnect: (link) => seen.cut.push(link.id),
    reorder: (side, gate, index) => seen.gates.push(`${side} ${gate.name} to ${index}`),
    touch: (side, gate) => seen.gates.push(`${side} ${gate.name}`),
  }
  return { stage, seen, node: (id: string) => seen.document.graphs.get(ROOT)?.nodes.get(id) }
}

const name = (hit: SocketHit): string => `${hit.node}.${hit.place.name}`
const spot = (x: number, y: number, more: Partial<Spot> = {}): Spot => ({
  screen: { x, y },
  graph: { x, y },
  shift: false,
  ctrl: false,
  alt: false,
  ...more,
})

test('dragging a node selects it and is one change at the end', () => {
  const { stage, seen, node } = stageOf()
  const drag = dragging(stage, { kind: 'node', id: '1' }, spot(10, 10))
  drag.move(spot(20, 15))
  drag.move(spot(60, 40))
  expect(seen.steps).toEqual([])
  drag.end(spot(60, 40), true)
  expect(seen.steps).toHaveLength(1)
  expect(node('1')?.pos).toEqual({ x: 50, y: 30 })
  expect([...seen.selection.nodes]).toEqual(['1'])
})

test('all that is selected moves together; a cancelled drag changes nothing', () => {
  const { stage, seen, node } = stageOf()
  stage.select({ nodes: new Set(['1', '2']) })
  const drag = dragging(stage, { kind: 'node', id: '1' }, spot(0, 0))
  drag.move(spot(30, 0))
  drag.end(spot(30, 0), true)
  expect(node('2')?.pos.x).toBe(430)
  const again = dragging(stage, { kind: 'node', id: '1' }, spot(0, 0))
  again.move(spot(500, 500))
  again.cancel()
  expect(stage.scene.box('1')?.x).toBe(30)
  expect(seen.steps).toHaveLength(1)
})

test('a group takes what lies in it along, and no more', () => {
  const { stage, node, seen } = stageOf()
  const drag = dragging(stage, { kind: 'group', id: 1 }, spot(770, -50))
  drag.move(spot(790, -40))
  drag.end(spot(790, -40), true)
  expect(node('3')?.pos).toEqual({ x: 820, y: 10 })
  expect(node('2')?.pos).toEqual({ x: 400, y: 0 })
  expect(seen.document.graphs.get(ROOT)?.groups.get(1)?.box.x).toBe(780)
})

test('a pinned node stays', () => {
  const { stage, node } = stageOf()
  const before = node('1')
  if (before === undefined) throw new Error('the graph has a node 1')
  stage.make([{ kind: 'node', graph: ROOT, before, after: { ...before, pinned: true } }], 'move')
  const drag = dragging(stage, { kind: 'node', id: '1' }, spot(0, 0))
  drag.move(spot(50, 50))
  drag.end(spot(50, 50), true)
  expect(node('1')?.pos).toEqual({ x: 0, y: 0 })
})

test('snapping puts the place, not the distance, on the grid', () => {
  expect(snapped(3, 10, 10)).toBe(7)
  expect(snapped(3, 10.4, 0)).toBe(10)
})

test('a click among several selected selects the one; with Shift it is taken out', () => {
  const { stage, seen } = stageOf()
  stage.select({ nodes: new Set(['1', '2']) })
  dragging(stage, { kind: 'node', id: '1' }, spot(0, 0)).end(spot(0, 0), false)
  expect([...seen.selection.nodes]).toEqual(['1'])
  stage.select({ nodes: new Set(['1', '2']) })
  dragging(stage, { kind: 'node', id: '1' }, spot(0, 0, { shift: true })).end(
    spot(0, 0, { shift: true }),
    false,
  )
  expect([...seen.selection.nodes]).toEqual(['2'])
})

test('a rectangle selects what it touches, and groups that it holds', () => {
  const { stage, seen } = stageOf()
  const box = boxing(stage, spot(700, -100))
  box.move(spot(1100, 300))
  expect([...seen.selection.nodes]).toEqual(['3'])
  expect([...seen.selection.groups]).toEqual([1])
})

test('resizing stops at the least that the node needs', () => {
  const { stage, node } = stageOf()
  const before = node('2')
  if (before === undefined) throw new Error('the graph has a node 2')
  const resize = resizing(stage, before, spot(600, 100))
  resize.move(spot(0, 0))
  resize.end(spot(0, 0), true)
  const least = stage.scene.layout(before).least
  expect(node('2')?.size).toEqual(least)
})

function socket(stage: Stage, id: string, side: 'input' | 'output', socketName: string): SocketHit {
  const hit = socketOf(stage.scene, id, side, socketName, 0)
  if (hit === undefined) throw new Error(`no socket ${socketName}`)
  return hit
}

test('a link pulled to a socket that fits is made there', () => {
  const { stage, seen } = stageOf()
  const pull = pulling(stage, socket(stage, '2', 'output', 'recipe'))
  const end = socket(stage, '4', 'input', 'recipe').point
  pull.move(spot(end.x + 5, end.y))
  expect(seen.pulled?.refusal).toBeNull()
  pull.end(spot(end.x + 5, end.y), true)
  expect(seen.connected).toEqual(['2.recipe 4.recipe -'])
  expect(seen.pulled).toBeNull()
})

test('a drop on what does not fit says why; on empty ground it asks for a node', () => {
  const { stage, seen } = stageOf()
  const from = socket(stage, '2', 'output', 'recipe')
  const wrong = socket(stage, '4', 'input', 'after').point
  pulling(stage, from).end(spot(wrong.x, wrong.y), true)
  expect(seen.refused).toEqual([{ key: 'type', params: { given: 'RECIPE', wanted: 'AUDIO' } }])
  pulling(stage, from).end(spot(300, 600), true)
  expect(seen.dropped).toEqual([{ x: 300, y: 600 }])
})

test('pulling at a linked input takes the link off, and letting go over nothing cuts it', () => {
  const { stage, seen } = stageOf()
  const pull = pulling(stage, socket(stage, '3', 'input', 'recipe'))
  pull.move(spot(700, 500))
  expect(seen.pulled?.from.node).toBe('2')
  pull.end(spot(700, 500), true)
  expect(seen.cut).toEqual([2])
})

test('a drop on a body takes the socket that fits, and a circle is refused', () => {
  const { stage } = stageOf()
  const from = socket(stage, '2', 'output', 'recipe')
  expect(bestSocket(stage.scene, '4', from, judge(stage.scene.graph, from))?.place.name).toBe('recipe')
  const late = socket(stage, '3', 'output', 'audio')
  expect(judge(stage.scene.graph, late)({ ...socket(stage, '3', 'input', 'after') })?.key).toBe('itself')
  const anything = { ...late, place: { ...late.place, type: '*' } }
  expect(judge(stage.scene.graph, anything)(socket(stage, '2', 'input', 'text'))?.key).toBe('circle')
})

test('the sockets that a link could end in are offered, the nearest first', () => {
  const { stage } = stageOf()
  expect(partners(stage.scene, socket(stage, '2', 'output', 'recipe')).map(name)).toEqual([
    '3.recipe',
    '4.recipe',
  ])
})
