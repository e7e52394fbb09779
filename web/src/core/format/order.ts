/** The order in which nodes run, as files tell it. */

import type { Graph, Node, NodeId } from '../document'
import { linksFrom } from '../links'
import { wholeOf } from './shapes'

/** The numbers that the file has, as long as they agree with the links; else all anew. */
export function orders(graph: Graph, nodes: readonly Node[]): ReadonlyMap<NodeId, number> {
  const told = nodes.map((node) => wholeOf(node.raw.order))
  let next = Math.max(-1, ...told.map((order) => order ?? -1))
  const kept = new Map(nodes.map((node, index) => [node.id, told[index] ?? (next += 1)]))
  return agrees(graph, kept) ? kept : anew(graph, nodes, kept)
}

function agrees(graph: Graph, order: ReadonlyMap<NodeId, number>): boolean {
  if (order.size === 0) return true
  // a file whose numbers all say the same tells no order: it is left alone
  const dull = new Set(order.values()).size === 1
  if (dull) return true
  for (const link of graph.links.values()) {
    const [from, to] = [order.get(link.from), order.get(link.to)]
    if (from !== undefined && to !== undefined && from >= to) return false
  }
  return true
}

/** Kahn's order, of those ready the earlier number first; nodes of a circle come last, as they were. */
function anew(graph: Graph, nodes: readonly Node[], old: ReadonlyMap<NodeId, number>): Map<NodeId, number> {
  const waiting = new Map(nodes.map((node) => [node.id, 0]))
  for (const link of graph.links.values()) {
    if (waiting.has(link.from) && waiting.has(link.to)) waiting.set(link.to, (waiting.get(link.to) ?? 0) + 1)
  }
  const rank = (id: NodeId) => old.get(id) ?? 0
  const sorted = nodes.map((node) => node.id).sort((a, b) => rank(a) - rank(b))
  const order = new Map<NodeId, number>()
  const ready = sorted.filter((id) => waiting.get(id) === 0)
  for (let id = ready.shift(); id !== undefined; id = ready.shift()) {
    order.set(id, order.size)
    for (const { to } of linksFrom(graph, id)) {
      const left = (waiting.get(to) ?? 0) - 1
      waiting.set(to, left)
      if (left === 0) insert(ready, to, rank)
    }
  }
  for (const id of sorted) if (!order.has(id)) order.set(id, order.size)
  return order
}

function insert(ready: NodeId[], id: NodeId, rank: (id: NodeId) => number): void {
  const place = ready.findIndex((other) => rank(other) > rank(id))
  ready.splice(place < 0 ? ready.length : place, 0, id)
}
