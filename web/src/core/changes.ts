/** What may change in a document, as data; one pure function applies it, the same undoes it. */

import type { Document, Graph, GraphFacts, GraphId, Group, Link, Node, Reroute } from './document'
import { emptyGraph, ROOT } from './document'

interface Of<Kind extends string, T> {
  readonly kind: Kind
  readonly graph: GraphId
  /** Undefined: it is not there before, or not any more after. */
  readonly before: T | undefined
  readonly after: T | undefined
}

/** One thing of one graph is added, replaced or removed. `graph` itself: a subgraph's definition. */
export type Change =
  | Of<'node', Node>
  | Of<'link', Link>
  | Of<'reroute', Reroute>
  | Of<'group', Group>
  | Of<'facts', GraphFacts>
  | Of<'graph', Graph>

/** The document after these changes. Throws, and nothing is changed, if one does not fit. */
export function apply(document: Document, changes: readonly Change[]): Document {
  const draft = new Draft(document)
  for (const change of changes) draft.take(change)
  return draft.done()
}

/** The changes that undo these. */
export function inverse(changes: readonly Change[]): Change[] {
  return changes
    .toReversed()
    .map((change) => ({ ...change, before: change.after, after: change.before }) as Change)
}

type Table = 'nodes' | 'links' | 'reroutes' | 'groups'
const TABLES = { node: 'nodes', link: 'links', reroute: 'reroutes', group: 'groups' } as const

/** Copies a graph, and each of its tables, the first time that something in it changes. */
class Draft {
  private graphs: Map<GraphId, Graph>
  private readonly copied = new Set<string>()
  private last: { node: number; link: number; reroute: number; group: number }

  constructor(private readonly document: Document) {
    this.graphs = new Map(document.graphs)
    this.last = {
      node: document.lastNode,
      link: document.lastLink,
      reroute: document.lastReroute,
      group: document.lastGroup,
    }
  }

  take(change: Change): void {
    if (change.kind === 'graph') {
      if (change.graph === ROOT) throw new Error('the root graph stays')
      if (change.after === undefined) this.graphs.delete(change.graph)
      else this.add(change.after)
      this.copied.forEach((name) => name.startsWith(`${change.graph}/`) && this.copied.delete(name))
      return
    }
    const graph = this.graphs.get(change.graph)
    if (graph === undefined) throw new Error(`no graph ${change.graph || 'root'}`)
    if (change.kind === 'facts') {
      const facts = change.after ?? emptyGraph(change.graph).facts
      this.graphs.set(change.graph, { ...graph, facts })
      return
    }
    const table = this.table(graph, TABLES[change.kind])
    const id = (change.after ?? change.before)?.id
    if (id === undefined) throw new Error(`a change of no ${change.kind}`)
    if (change.after === undefined) table.delete(id)
    else table.set(id, change.after)
    this.count(change.kind, id)
  }

  private add(graph: Graph): void {
    this.graphs.set(graph.id, graph)
    for (const id of graph.nodes.keys()) this.count('node', id)
    for (const id of graph.links.keys()) this.count('link', id)
    for (const id of graph.reroutes.keys()) this.count('reroute', id)
    for (const id of graph.groups.keys()) this.count('group', id)
  }

  private count(kind: keyof typeof TABLES, id: string | number): void {
    const number = Number(id)
    if (Number.isSafeInteger(number) && number > this.last[kind]) this.last[kind] = number
  }

  done(): Document {
    return {
      graphs: this.graphs,
      lastNode: this.last.node,
      lastLink: this.last.link,
      lastReroute: this.last.reroute,
      lastGroup: this.last.group,
    }
  }

  private table(graph: Graph, name: Table): Map<string | number, unknown> {
    const key = `${graph.id}/${name}`
    const current = this.graphs.get(graph.id) as Graph
    if (this.copied.has(key)) return current[name] as Map<string | number, unknown>
    const copy = new Map<string | number, unknown>(current[name] as ReadonlyMap<string | number, unknown>)
    this.graphs.set(graph.id, { ...current, [name]: copy })
    this.copied.add(key)
    return copy
  }
}
