import { expect, test } from 'vitest'
import { apply } from '../../../src/core/changes'
import { ROOT, type Box, type Graph, type Node } from '../../../src/core/document'
import { LEAST_AREA } from '../../../src/core/geometry'
import type { MediaItem } from '../../../src/run/media'
import { WAITING, type NodeRun } from '../../../src/run/progress'
import { Exhibits, type Exhibitors } from '../../../src/ui/canvas/exhibits'
import { footOf, MOST_FOOT, wantedFor } from '../../../src/view/feet'
import { resizing } from '../../../src/view/gestures/resize'
import type { Spot, Stage } from '../../../src/view/stage'
import { contents, nodeAt } from '../../../src/view/find'
import { sceneOf, small, specs } from './graph'

const text: MediaItem = { kind: 'text', text: 'a plan', markdown: false, growing: false }
const heights = new Map([
  ['1', 120],
  ['3', 120],
])

test('a body without room for media gets a foot of what is wanted', () => {
  const scene = sceneOf()
  const before = scene.box('1')
  const node = scene.node('1') as Node
  expect(scene.layout(node).media).toBeUndefined()
  expect(scene.want(heights)).toBe(true)
  expect(scene.foot(node)).toBe(120)
  expect(scene.box('1')).toEqual({ ...before, height: (before?.height ?? 0) + 120 })
  expect(scene.want(heights)).toBe(false)
})

test('a foot is hit and seen like the rest of its card', () => {
  const scene = sceneOf()
  const box = scene.box('1')
  const below = { x: 50, y: (box?.y ?? 0) + (box?.height ?? 0) + 60 }
  expect(nodeAt(scene, below)).toBeUndefined()
  scene.want(heights)
  expect(nodeAt(scene, below)).toBe('1')
  expect(scene.nodesIn({ ...below, width: 5, height: 5 })).toEqual(['1'])
})

test('a foot moves neither sockets nor links, nor a node out of its group', () => {
  const scene = sceneOf()
  const link = scene.graph.links.get(2) as never
  const curve = scene.curve(link)
  const group = scene.graph.groups.get(1) as never
  scene.want(new Map([['3', MOST_FOOT]]))
  expect(scene.curve(link)).toEqual(curve)
  expect(contents(scene, group).nodes).toEqual(['3'])
})

test('a body that was given room is taken at its word, a collapsed one has no foot', () => {
  const scene = sceneOf()
  const node = scene.node('3') as Node
  const roomy = scene.layout({ ...node, size: { width: 200, height: 300 } })
  expect(roomy.media?.height).toBeGreaterThan(LEAST_AREA)
  expect(footOf(roomy, 200)).toBe(0)
  expect(footOf(scene.layout({ ...node, collapsed: true }), 200)).toBe(0)
})

test('too little room in the body is made up for', () => {
  const scene = sceneOf()
  const node = scene.node('3') as Node
  const layout = scene.layout({ ...node, size: { width: 200, height: 100 } })
  expect(layout.media?.height).toBeLessThan(LEAST_AREA)
  expect(footOf(layout, 150)).toBe(150 - (layout.media?.height ?? 0))
})

test('several things want more room than one, and all together no more than is seen at once', () => {
  expect(wantedFor([])).toBe(0)
  expect(wantedFor([text, text])).toBeGreaterThan(wantedFor([text]))
  expect(wantedFor(Array.from({ length: 50 }, () => text))).toBe(MOST_FOOT)
})

const spot = (x: number, y: number): Spot => ({
  screen: { x, y },
  graph: { x, y },
  shift: false,
  ctrl: false,
  alt: false,
})

function resized(id: string, x: number, y: number) {
  const scene = sceneOf()
  scene.want(heights)
  const node = scene.node(id) as Node
  let document = small()
  const stage = {
    scene,
    snap: () => 0,
    redraw: () => undefined,
    make: (changes: never[]) => (document = apply(document, changes)),
  } as unknown as Stage
  const before = scene.box(id) as Box
  const gesture = resizing(stage, node, spot(0, 0))
  gesture.move(spot(x, y))
  const during = scene.box(id) as Box
  gesture.end(spot(x, y), true)
  const body = document.graphs.get(ROOT)?.nodes.get(id)?.size
  return { before, during, body, layout: scene.layout(node) }
}

test('pulling a foot down makes it part of the body, and the card follows the hand', () => {
  const { before, during, body, layout } = resized('3', 0, 10)
  expect(during.height).toBe(before.height + 10)
  expect(body?.height).toBe(before.height + 10 - layout.head)
})

test('a text that would take the room of a foot leaves it, and the card follows the hand', () => {
  const { before, during, body, layout } = resized('1', 0, 10)
  expect(during.height).toBe(before.height + 10)
  expect(body?.height).toBe(layout.height + 10)
})

test('pulling a card with a foot sideways does not change its height', () => {
  const { before, during, body, layout } = resized('3', 40, 0)
  expect(during).toEqual({ ...before, width: 240 })
  expect(body?.height).toBe(layout.height)
})

function from(runs: ReadonlyMap<string, NodeRun>, more: Partial<Exhibitors> = {}): Exhibitors {
  const graph = small().graphs.get(ROOT) as Graph
  return { graph, specs, specOf: () => undefined, runs, measured: new Map(), path: [], ...more }
}

const showing = (words: string): NodeRun => ({ ...WAITING, status: 'done', output: { text: [words] } })

test('what has run wants room, by its own height once that is known', () => {
  const exhibits = new Exhibits()
  const runs = new Map([
    ['1', showing('a')],
    ['2', { ...WAITING }],
  ])
  expect([...exhibits.update(from(runs))]).toEqual([['1', wantedFor([text])]])
  expect([...exhibits.update(from(runs, { measured: new Map([['1', 31]]) }))]).toEqual([['1', 31]])
})

test('inside a subgraph only its own nodes count', () => {
  const runs = new Map([
    ['1', showing('a')],
    ['7:2', showing('b')],
    ['7:5:3', showing('c')],
  ])
  expect([...new Exhibits().update(from(runs, { path: ['7'] })).keys()]).toEqual(['2'])
})

test('nothing changes as long as nobody wants another height', () => {
  const exhibits = new Exhibits()
  const first = exhibits.update(from(new Map([['1', showing('a')]])))
  expect(exhibits.update(from(new Map([['1', showing('b')]])))).toBe(first)
})
