/** Which links begin and end where, found once for each table of links. */

import type { Graph, Link, NodeId } from './document'

export interface Ends {
  readonly into: ReadonlyMap<NodeId, readonly Link[]>
  readonly from: ReadonlyMap<NodeId, readonly Link[]>
}

const NONE: readonly Link[] = []
const ends = new WeakMap<Graph['links'], Ends>()

export function endsOf(graph: Graph): Ends {
  const found = ends.get(graph.links)
  if (found !== undefined) return found
  const into = new Map<NodeId, Link[]>()
  const from = new Map<NodeId, Link[]>()
  for (const link of graph.links.values()) {
    push(into, link.to, link)
    push(from, link.from, link)
  }
  const both = { into, from }
  ends.set(graph.links, both)
  return both
}

export function linksInto(graph: Graph, node: NodeId): readonly Link[] {
  return endsOf(graph).into.get(node) ?? NONE
}

export function linksFrom(graph: Graph, node: NodeId): readonly Link[] {
  return endsOf(graph).from.get(node) ?? NONE
}

/** The link that ends in this input, if one does. */
export function linkInto(graph: Graph, node: NodeId, input: string): Link | undefined {
  return linksInto(graph, node).find((link) => link.input === input)
}

const fed = new WeakMap<Graph['links'], Map<NodeId, ReadonlySet<NodeId>>>()

/** Every node that feeds this one, over however many links, itself included. */
export function upstream(graph: Graph, node: NodeId): ReadonlySet<NodeId> {
  const known = fed.get(graph.links) ?? new Map<NodeId, ReadonlySet<NodeId>>()
  fed.set(graph.links, known)
  const found = known.get(node) ?? reached(node, (id) => linksInto(graph, id).map((link) => link.from))
  known.set(node, found)
  return found
}

export function downstream(graph: Graph, node: NodeId): ReadonlySet<NodeId> {
  return reached(node, (id) => linksFrom(graph, id).map((link) => link.to))
}

function reached(start: NodeId, next: (id: NodeId) => readonly NodeId[]): ReadonlySet<NodeId> {
  const found = new Set([start])
  for (const id of found) for (const other of next(id)) found.add(other)
  return found
}

function push<K, V>(table: Map<K, V[]>, key: K, value: V): void {
  const list = table.get(key)
  if (list === undefined) table.set(key, [value])
  else list.push(value)
}
