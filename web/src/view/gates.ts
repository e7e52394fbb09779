/** Inside a subgraph: two panels that hold the sockets of its instances. */

import { SUBGRAPH_INPUT, SUBGRAPH_OUTPUT, type Gate, type Graph } from '../core/document'
import { gatePoint } from '../core/geometry'
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
