/** What gestures on the canvas change, as data. */

import type { Change } from '../core/changes'
import type { GateSide } from '../core/commands/gates'
import type { Box, Graph, GraphFacts, Group, Node, Point } from '../core/document'
import { gatesBox } from '../core/geometry'
import type { Shift } from './scene'

/** Everything that a gesture moved, at its new place. */
export function moved(graph: Graph, { nodes, groups, reroutes, dx, dy }: Shift): Change[] {
  if (dx === 0 && dy === 0) return []
  const changes: Change[] = []
  for (const id of nodes) {
    const before = graph.nodes.get(id)
    if (before === undefined || before.pinned) continue
    const pos = { x: before.pos.x + dx, y: before.pos.y + dy }
    changes.push({ kind: 'node', graph: graph.id, before, after: { ...before, pos } })
  }
  for (const id of groups) {
    const before = graph.groups.get(id)
    if (before === undefined) continue
    const box = { ...before.box, x: before.box.x + dx, y: before.box.y + dy }
    changes.push({ kind: 'group', graph: graph.id, before, after: { ...before, box } })
  }
  for (const id of reroutes) {
    const before = graph.reroutes.get(id)
    if (before === undefined) continue
    const pos = { x: before.pos.x + dx, y: before.pos.y + dy }
    changes.push({ kind: 'reroute', graph: graph.id, before, after: { ...before, pos } })
  }
  return changes
}

export function replaced(graph: Graph, after: Node): Change[] {
  const before = graph.nodes.get(after.id)
  return before === undefined || before === after ? [] : [{ kind: 'node', graph: graph.id, before, after }]
}

export function groupBoxed(graph: Graph, group: Group, box: Box): Change[] {
  return [{ kind: 'group', graph: graph.id, before: group, after: { ...group, box } }]
}

/** A subgraph's facts with one of its panels somewhere else. */
export function withPanel(graph: Graph, side: GateSide, { x, y }: Point): GraphFacts {
  const box = { ...gatesBox(graph, side), x, y }
  return side === 'input' ? { ...graph.facts, inputBox: box } : { ...graph.facts, outputBox: box }
}

export function panelMoved(graph: Graph, after: GraphFacts): Change[] {
  return after === graph.facts ? [] : [{ kind: 'facts', graph: graph.id, before: graph.facts, after }]
}
