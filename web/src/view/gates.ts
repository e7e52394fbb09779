/** Inside a subgraph: two panels that hold the sockets of its instances. */

import type { GateSide } from '../core/commands/gates'
import {
  SUBGRAPH_INPUT,
  SUBGRAPH_OUTPUT,
  type Box,
  type Gate,
  type Graph,
  type Point,
} from '../core/document'
import { gatePoint, gatesBox, PADDING, ROW } from '../core/geometry'
import type { SocketPlace } from './layout'

/** A socket of a panel. The inputs' panel gives, so its sockets are outputs. `x`, `y`: in the graph. */
export interface GatePlace extends SocketPlace {
  readonly node: string
}

/** The name of the socket below the last: a link to it makes another gate. */
export const NEW_GATE = '\u0000new'

const known = new WeakMap<Graph['facts'], readonly GatePlace[]>()
const NONE: readonly GatePlace[] = []

export function gatePlaces(graph: Graph): readonly GatePlace[] {
  if (graph.id === '') return NONE
  const { facts } = graph
  const found = known.get(facts)
  if (found !== undefined) return found
  const places = [
    ...facts.inputs.map((gate, index) => placeOf(graph, gate, index, 'input')),
    ...facts.outputs.map((gate, index) => placeOf(graph, gate, index, 'output')),
    placeOf(graph, FRESH, facts.inputs.length, 'input'),
    placeOf(graph, FRESH, facts.outputs.length, 'output'),
  ]
  known.set(facts, places)
  return places
}

/** The bar above a panel by which it is moved, in the graph's units. */
export const PANEL_HEAD = 16

/** A panel under a point, and the gate whose row it is, if it is one's. */
export interface PanelHit {
  readonly side: GateSide
  readonly gate: Gate | undefined
  readonly index: number
}

export function panelAt(graph: Graph, point: Point): PanelHit | undefined {
  if (graph.id === '') return undefined
  for (const side of ['input', 'output'] as const) {
    const box = gatesBox(graph, side)
    const [right, down] = [point.x - box.x, point.y - box.y]
    if (right < 0 || right > box.width || down < -PANEL_HEAD || down > box.height) continue
    const index = rowAt(box, point)
    return { side, gate: gatesOf(graph, side)[index], index }
  }
  return undefined
}

export function gatesOf(graph: Graph, side: GateSide): readonly Gate[] {
  return side === 'input' ? graph.facts.inputs : graph.facts.outputs
}

/** A gate's row in the graph. */
export function rowBox(graph: Graph, side: GateSide, index: number): Box {
  const { x, y, width } = gatesBox(graph, side)
  return { x, y: y + PADDING + index * ROW, width, height: ROW }
}

function rowAt(box: Box, point: Point): number {
  return Math.floor((point.y - box.y - PADDING) / ROW)
}

/** Between which rows a point lies: 0 above the first. */
export function slotAt(graph: Graph, side: GateSide, point: Point): number {
  const slot = Math.round((point.y - gatesBox(graph, side).y - PADDING) / ROW)
  return Math.min(gatesOf(graph, side).length, Math.max(0, slot))
}

const FRESH: Gate = { id: NEW_GATE, name: NEW_GATE, type: '*', label: '', raw: {} }

function placeOf(graph: Graph, gate: Gate, index: number, side: 'input' | 'output'): GatePlace {
  return {
    node: side === 'input' ? SUBGRAPH_INPUT : SUBGRAPH_OUTPUT,
    side: side === 'input' ? 'output' : 'input',
    name: side === 'input' ? gate.name : gate.id,
    label: gate.label ?? gate.name,
    index,
    type: gate.type,
    many: false,
    required: false,
    widget: false,
    stale: false,
    doc: '',
    ...gatePoint(graph, side, index),
  }
}
