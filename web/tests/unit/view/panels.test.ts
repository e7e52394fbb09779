import { expect, test } from 'vitest'
import { apply, type Change } from '../../../src/core/changes'
import { addGate } from '../../../src/core/commands/gates'
import { makeSubgraph } from '../../../src/core/commands/subgraphs'
import { ROOT, SUBGRAPH_INPUT, type Graph, type Point } from '../../../src/core/document'
import { NOTHING } from '../../../src/core/selection'
import { PANEL_HEAD, panelAt, rowBox, slotAt } from '../../../src/view/gates'
import { draggingGate, draggingPanel } from '../../../src/view/gestures/panel'
import { speedAt } from '../../../src/view/gestures/scroll'
import { Layouts } from '../../../src/view/layout'
import { Scene } from '../../../src/view/scene'
import type { Spot, Stage } from '../../../src/view/stage'
import { small, specs } from './graph'

/** A subgraph of the planner, with a second input. */
function inside() {
  const root = { document: small(), graph: ROOT, specs }
  let document = apply(root.document, makeSubgraph(root, { ...NOTHING, nodes: new Set(['2']) }, 'Inner'))
  const id = [...document.graphs.keys()].find((one) => one !== ROOT) ?? ''
  document = apply(document, addGate({ ...root, document, graph: id }, 'input', 'after', 'AUDIO'))
  const graph = document.graphs.get(id) as Graph
  const scene = new Scene(graph, new Layouts((node) => specs.find(node.type)))
  const seen = { changes: [] as Change[], told: [] as string[] }
  const stage = {
    scene,
    snap: () => 0,
    redraw: () => undefined,
    make: (changes: Change[]) => seen.changes.push(...changes),
    reorder: (side: string, gate: { name: string }, index: number) =>
      seen.told.push(`${side} ${gate.name} to ${index}`),
    touch: (side: string, gate: { name: string }) => seen.told.push(`${side} ${gate.name}`),
  } as unknown as Stage
  return { graph, scene, stage, seen }
}

const spot = ({ x, y }: Point): Spot => ({
  screen: { x, y },
  graph: { x, y },
  shift: false,
  ctrl: false,
  alt: false,
})

function middle(graph: Graph, index: number): Point {
  const { x, y, width, height } = rowBox(graph, 'input', index)
  return { x: x + width / 2, y: y + height / 2 }
}

test('a panel is found by its bar and its rows, a gate by its own row', () => {
  const { graph } = inside()
  const first = rowBox(graph, 'input', 0)
  expect(panelAt(graph, middle(graph, 0))).toMatchObject({ side: 'input', gate: graph.facts.inputs[0] })
  expect(panelAt(graph, middle(graph, 1))?.gate?.name).toBe('after')
  expect(panelAt(graph, middle(graph, 2))).toMatchObject({ side: 'input', gate: undefined })
  expect(panelAt(graph, { x: first.x + 5, y: first.y - PANEL_HEAD })).toMatchObject({ gate: undefined })
  expect(panelAt(graph, { x: first.x - 1, y: first.y })).toBeUndefined()
})

test('the root has no panels', () => {
  expect(panelAt(small().graphs.get(ROOT) as Graph, { x: 0, y: 0 })).toBeUndefined()
})

test('a panel is moved with its links, as one change at the end', () => {
  const { graph, scene, stage, seen } = inside()
  const link = [...graph.links.values()].find((one) => one.from === SUBGRAPH_INPUT) as never
  const before = scene.curve(link)?.pieces[0]?.start as Point
  const box = scene.panel('input')
  const drag = draggingPanel(stage, 'input', spot(box))
  drag.move(spot({ x: box.x - 40, y: box.y + 25 }))
  expect(seen.changes).toEqual([])
  expect(scene.curve(link)?.pieces[0]?.start).toMatchObject({ x: before.x - 40, y: before.y + 25 })
  drag.end(spot({ x: box.x - 40, y: box.y + 25 }), true)
  expect(seen.changes).toHaveLength(1)
  const [change] = seen.changes
  expect(change?.kind === 'facts' && change.after?.inputBox).toMatchObject({ x: box.x - 40, y: box.y + 25 })
})

test('a panel let go where it was, or taken back, changes nothing', () => {
  const { scene, stage, seen } = inside()
  const box = scene.panel('output')
  draggingPanel(stage, 'output', spot(box)).end(spot(box), false)
  const drag = draggingPanel(stage, 'output', spot(box))
  drag.move(spot({ x: box.x + 90, y: box.y }))
  drag.cancel()
  expect(scene.panel('output')).toEqual(box)
  expect(seen.changes).toEqual([])
})

test('a gate is put between the rows at the pointer; a click only chooses it', () => {
  const { graph, scene, stage, seen } = inside()
  const [first, second] = graph.facts.inputs
  if (first === undefined || second === undefined) throw new Error('the subgraph has two inputs')
  expect(slotAt(graph, 'input', { x: 0, y: -1e4 })).toBe(0)
  expect(slotAt(graph, 'input', { x: 0, y: 1e4 })).toBe(2)
  const down = draggingGate(stage, 'input', first, 0)
  const below = spot({ x: 0, y: middle(graph, 1).y + 8 })
  down.move(below)
  expect(scene.slot).toEqual({ side: 'input', index: 2 })
  down.end(below, true)
  expect(scene.slot).toBeNull()
  draggingGate(stage, 'input', second, 1).end(spot({ x: 0, y: middle(graph, 0).y - 8 }), true)
  // Just below its own row is where it is.
  draggingGate(stage, 'input', first, 0).end(spot({ x: 0, y: middle(graph, 0).y + 9 }), true)
  draggingGate(stage, 'input', first, 0).end(spot(middle(graph, 0)), false)
  expect(seen.told).toEqual([`input ${first.name} to 1`, 'input after to 0', `input ${first.name}`])
})

const size = { width: 1000, height: 800 }

test('the camera rests in the middle and is the faster the nearer the edge', () => {
  expect(speedAt({ x: 500, y: 400 }, size)).toEqual({ x: 0, y: 0 })
  const [near, nearer] = [speedAt({ x: 970, y: 400 }, size).x, speedAt({ x: 995, y: 400 }, size).x]
  expect(near).toBeGreaterThan(0)
  expect(nearer).toBeGreaterThan(near)
  expect(speedAt({ x: 30, y: 400 }, size).x).toBe(-near)
})

test('beyond the edge the camera is no faster than at it', () => {
  expect(speedAt({ x: 500, y: 5000 }, size).y).toBe(speedAt({ x: 500, y: 800 }, size).y)
})

test('a small window has a middle too', () => {
  expect(speedAt({ x: 30, y: 30 }, { width: 60, height: 60 })).toEqual({ x: 0, y: 0 })
})
