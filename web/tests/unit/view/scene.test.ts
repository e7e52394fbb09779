import { expect, test } from 'vitest'
import { ROOT, type Graph, type Node } from '../../../src/core/document'
import { contents, linkAt, nodeAt, socketAt } from '../../../src/view/find'
import { sceneOf, small } from './graph'

test('a node is found by its head and by its body, and not beside it', () => {
  const scene = sceneOf()
  expect(nodeAt(scene, { x: 10, y: -20 })).toBe('1')
  expect(nodeAt(scene, { x: 10, y: 60 })).toBe('1')
  expect(nodeAt(scene, { x: 300, y: 60 })).toBeUndefined()
})

test('only what touches a box is in it', () => {
  expect(sceneOf().nodesIn({ x: 390, y: 0, width: 30, height: 10 })).toEqual(['2'])
})

test('a link is found along its line', () => {
  const scene = sceneOf()
  const link = scene.graph.links.get(1)
  const curve = link && scene.curve(link)
  const piece = curve?.pieces[0]
  const middle = {
    x: ((piece?.start.x ?? 0) + (piece?.end.x ?? 0)) / 2,
    y: ((piece?.start.y ?? 0) + (piece?.end.y ?? 0)) / 2,
  }
  expect(linkAt(scene, middle, 5)?.id).toBe(1)
  expect(linkAt(scene, { x: middle.x, y: middle.y + 80 }, 5)).toBeUndefined()
})

test('what is moved takes its links along and goes back when nobody keeps it', () => {
  const scene = sceneOf()
  const before = scene.curve(scene.graph.links.get(1) as never)?.pieces[0]
  scene.move({ nodes: new Set(['2']), groups: new Set(), reroutes: new Set(), dx: 50, dy: -20 })
  const after = scene.curve(scene.graph.links.get(1) as never)?.pieces[0]
  expect(after?.start).toEqual(before?.start)
  expect(after?.end).toEqual({ x: (before?.end.x ?? 0) + 50, y: (before?.end.y ?? 0) - 20 })
  expect(scene.box('2')?.x).toBe(450)
  scene.move()
  expect(scene.curve(scene.graph.links.get(1) as never)?.pieces[0]?.end).toEqual(before?.end)
})

test('a changed node has its new place and unchanged links keep their curves', () => {
  const document = small()
  const graph = document.graphs.get(ROOT) as Graph
  const scene = sceneOf(document)
  const untouched = scene.curve(graph.links.get(1) as never)
  const node = graph.nodes.get('3')
  if (node === undefined) throw new Error('the graph has a node 3')
  scene.take({ ...graph, nodes: new Map(graph.nodes).set('3', { ...node, pos: { x: 900, y: 30 } }) })
  expect(scene.box('3')?.x).toBe(900)
  expect(scene.curve(graph.links.get(2) as never)?.pieces.at(-1)?.end.x).toBe(900)
  expect(scene.curve(graph.links.get(1) as never)).toBe(untouched)
})

test('a group moves the nodes whose middle lies in it', () => {
  const scene = sceneOf()
  expect(contents(scene, scene.graph.groups.get(1) as never).nodes).toEqual(['3'])
})

test('the socket nearest to a point is found, also of a widget', () => {
  const scene = sceneOf()
  const text = scene.input('2', 'text')
  const seed = scene.input('2', 'seed')
  expect(socketAt(scene, { x: (text?.x ?? 0) + 3, y: text?.y ?? 0 }, 10)?.place.name).toBe('text')
  expect(socketAt(scene, { x: (seed?.x ?? 0) - 3, y: seed?.y ?? 0 }, 10)?.place.name).toBe('seed')
  expect(socketAt(scene, { x: 300, y: 300 }, 10)).toBeUndefined()
})

test('a link stays, moves as a whole, or leads from what moves to what stays', () => {
  const scene = sceneOf()
  const [first, second] = [1, 2].map((id) => scene.graph.links.get(id) as never) as [never, never]
  const still = { groups: new Set<number>(), reroutes: new Set<number>(), dx: 5, dy: 5 }
  expect(scene.partOf(first)).toBe('still')
  scene.move({ ...still, nodes: new Set(['1', '2']) })
  expect([first, second].map((link) => scene.partOf(link))).toEqual(['moved', 'between'])
  scene.move()
  expect([first, second].map((link) => scene.partOf(link))).toEqual(['still', 'still'])
})

test('what lies elsewhere without a change or a shift is told by another revision', () => {
  const scene = sceneOf()
  const told = new Set([scene.revision])
  const node = scene.node('2') as Node
  scene.draft({ ...node, size: { width: 300, height: 100 } })
  told.add(scene.revision)
  scene.dropDrafts()
  told.add(scene.revision)
  scene.want(new Map([['2', 90]]))
  told.add(scene.revision)
  expect(told.size).toBe(4)
})
