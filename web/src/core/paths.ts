/** Where links run: from the outputs and gates that they begin at, over their bends, to where they end. */

import type { Box, Gate, Graph, Link, Node, Point, Reroute } from './document'
import { ROOT, SUBGRAPH_INPUT, SUBGRAPH_OUTPUT } from './document'
import { inputPoint, outputPoint, PADDING, ROW, rowMiddle } from './geometry'
import type { Spec } from './specs'

/** Where a subgraph's gates are drawn: one row each, and one more to make another. */
export function gatesBox(graph: Graph, side: 'input' | 'output'): Box {
  const { inputs, outputs, inputBox, outputBox } = graph.facts
  const [gates, box] = side === 'input' ? [inputs, inputBox] : [outputs, outputBox]
  const height = 2 * PADDING + (gates.length + 1) * ROW
  return { x: box.x, y: box.y, width: Math.max(box.width, 120), height: Math.max(box.height, height) }
}

/** A gate's socket; beyond the last that of the gate to be made. */
export function gatePoint(graph: Graph, side: 'input' | 'output', index: number): Point {
  const box = gatesBox(graph, side)
  return { x: side === 'input' ? box.x + box.width : box.x, y: box.y + rowMiddle(index) }
}

export function gateIndex(gates: readonly Gate[], id: string): number {
  return gates.findIndex((gate) => gate.id === id)
}

/** How a node's class is found; the drawn layer knows no documents. */
export type Finding = (node: Node) => Spec | undefined

/** A link's points from its output over its reroutes to its input; undefined if an end is missing. */
export function linkPoints(graph: Graph, link: Link, specOf: Finding): Point[] | undefined {
  const start = startPoint(graph, link, specOf)
  const end = endPoint(graph, link, specOf)
  return start && end && [start, ...bends(graph, link).map((reroute) => reroute.pos), end]
}

function startPoint(graph: Graph, link: Link, specOf: Finding): Point | undefined {
  if (link.from === SUBGRAPH_INPUT && graph.id !== ROOT) return gatePoint(graph, 'input', link.output)
  const node = graph.nodes.get(link.from)
  return node && outputPoint(node, specOf(node), link.output)
}

function endPoint(graph: Graph, link: Link, specOf: Finding): Point | undefined {
  if (link.to === SUBGRAPH_OUTPUT && graph.id !== ROOT) {
    return gatePoint(graph, 'output', gateIndex(graph.facts.outputs, link.input))
  }
  const node = graph.nodes.get(link.to)
  return node && inputPoint(node, specOf(node), link.input)
}

/** The reroutes that a link hangs on, from its output on. */
export function bends(graph: Graph, link: Link): Reroute[] {
  const found: Reroute[] = []
  const seen = new Set<number>()
  let id = link.reroute
  while (id !== undefined && !seen.has(id)) {
    seen.add(id)
    const reroute = graph.reroutes.get(id)
    if (reroute === undefined) break
    found.unshift(reroute)
    id = reroute.parent
  }
  return found
}
