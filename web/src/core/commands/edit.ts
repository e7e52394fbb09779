/** Changes gathered step by step; each step sees what those before it did. */

import type { Change } from '../changes'
import type { Graph, GraphFacts, GraphId, Group, Link, LinkId, Node, NodeId, Reroute } from '../document'
import { graphOf } from '../document'
import { linksFrom, linksInto } from '../links'
import { numberOf, withFree } from '../nodes'
import { specOf, within, type Place } from '../place'
import { baseOf, type Spec } from '../specs'

interface Things {
  node: Node
  link: Link
  reroute: Reroute
  group: Group
}
type Kind = keyof Things
const TABLES = { node: 'nodes', link: 'links', reroute: 'reroutes', group: 'groups' } as const
const KINDS: readonly Kind[] = ['node', 'link', 'reroute', 'group']

/** Ids that no graph of the document has had. */
class Ids {
  constructor(private readonly last: { [kind in Kind]: number }) {}

  next(kind: Kind): number {
    this.last[kind] += 1
    return this.last[kind]
  }
}

export class Edit {
  readonly ids: Ids
  private readonly graphs = new Map<GraphId, GraphEdit>()
  private readonly added = new Map<GraphId, Graph>()
  private readonly dropped = new Map<GraphId, Graph>()

  constructor(readonly place: Place) {
    const { lastNode, lastLink, lastGroup, lastReroute } = place.document
    this.ids = new Ids({ node: lastNode, link: lastLink, group: lastGroup, reroute: lastReroute })
  }

  /** One graph, without an id that of the place. */
  in(id: GraphId = this.place.graph): GraphEdit {
    const found = this.graphs.get(id)
    if (found !== undefined) return found
    const graph = new GraphEdit(this, within(this.place, id), graphOf(this.place.document, id))
    this.graphs.set(id, graph)
    return graph
  }

  addGraph(graph: Graph): void {
    this.added.set(graph.id, graph)
  }

  dropGraph(id: GraphId): void {
    this.dropped.set(id, graphOf(this.place.document, id))
  }

  /** All that was changed, each thing once; subgraphs are there before what uses them. */
  changes(): Change[] {
    const changes: Change[] = []
    for (const graph of this.added.values()) {
      const before = this.place.document.graphs.get(graph.id)
      changes.push({ kind: 'graph', graph: graph.id, before, after: graph })
    }
    for (const [id, graph] of this.graphs) if (!this.dropped.has(id)) changes.push(...graph.changes())
    for (const [id, graph] of this.dropped)
      changes.push({ kind: 'graph', graph: id, before: graph, after: undefined })
    return changes
  }
}

export class GraphEdit {
  private readonly touched = new Map(
    KINDS.map((kind) => [kind, new Map<string | number, Things[Kind] | undefined>()]),
  )
  private newFacts: GraphFacts | undefined

  constructor(
    readonly edit: Edit,
    readonly place: Place,
    readonly graph: Graph,
  ) {}

  get facts(): GraphFacts {
    return this.newFacts ?? this.graph.facts
  }

  setFacts(facts: GraphFacts): void {
    this.newFacts = facts
  }

  find<K extends Kind>(kind: K, id: Things[K]['id']): Things[K] | undefined {
    const table = this.table(kind)
    if (table.has(id)) return table.get(id)
    return (this.graph[TABLES[kind]] as ReadonlyMap<Things[K]['id'], Things[K]>).get(id)
  }

  all<K extends Kind>(kind: K): Things[K][] {
    const table = this.table(kind)
    const base = [...(this.graph[TABLES[kind]] as ReadonlyMap<Things[K]['id'], Things[K]>).values()]
    const kept = table.size === 0 ? base : base.filter((thing) => !table.has(thing.id))
    return [...kept, ...[...table.values()].filter((thing): thing is Things[K] => thing !== undefined)]
  }

  put<K extends Kind>(kind: K, thing: Things[K]): void {
    this.table(kind).set(thing.id, thing)
  }

  drop<K extends Kind>(kind: K, id: Things[K]['id']): void {
    this.table(kind).set(id, undefined)
  }

  node(id: NodeId): Node | undefined {
    return this.find('node', id)
  }

  /** Replaces some of a node's fields; a node that is not there is passed over. */
  update(id: NodeId, part: Partial<Node>): void {
    const node = this.node(id)
    if (node !== undefined) this.put('node', { ...node, ...part })
  }

  spec(node: Node): Spec | undefined {
    return specOf(this.place, node)
  }

  into(id: NodeId): Link[] {
    return this.around(linksInto(this.graph, id), (link) => link.to === id)
  }

  from(id: NodeId): Link[] {
    return this.around(linksFrom(this.graph, id), (link) => link.from === id)
  }

  /** Makes a link, in place of the one that the input had. */
  connect(link: Omit<Link, 'id'>, id: LinkId = this.edit.ids.next('link')): void {
    for (const old of this.into(link.to)) if (old.input === link.input) this.cut(old)
    this.put('link', { ...link, id })
  }

  /** Removes a link, and the reroutes that nothing hangs on then. */
  cut(link: Link): void {
    this.drop('link', link.id)
    if (link.reroute !== undefined) this.pruneReroutes(link.reroute)
  }

  removeNode(id: NodeId): void {
    for (const link of [...this.into(id), ...this.from(id)]) this.cut(link)
    this.drop('node', id)
  }

  /** After links of a node changed: inputs that take many are numbered without a gap, one is free. */
  regrow(id: NodeId): void {
    const node = this.node(id)
    const spec = node && this.spec(node)
    if (node === undefined || spec === undefined || !spec.inputs.some((port) => port.many)) return
    let inputs = [...node.inputs]
    for (const port of spec.inputs.filter((one) => one.many)) {
      const own = this.into(id)
        .filter((link) => link.input === port.name || baseOf(link.input) === port.name)
        .sort((a, b) => numberOf(a.input) - numberOf(b.input))
      own.forEach((link, index) => {
        const name = index === 0 ? port.name : `${port.name}.${index + 1}`
        if (link.input !== name) this.put('link', { ...link, input: name })
        if (!inputs.some((socket) => socket.name === name)) {
          const place = inputs.findLastIndex(
            (socket) => baseOf(socket.name) === port.name || socket.name === port.name,
          )
          inputs.splice(place + 1, 0, { name, type: port.type })
        }
      })
      const surplus = (name: string) =>
        baseOf(name) === port.name && name !== port.name && numberOf(name) > own.length
      inputs = inputs.filter((socket) => !surplus(socket.name))
    }
    const linked = new Set(this.into(id).map((link) => link.input))
    inputs = withFree(inputs, spec, (input) => linked.has(input))
    const before = node.inputs
    const equal =
      before.length === inputs.length && inputs.every((socket, index) => socket.name === before[index]?.name)
    if (!equal) this.put('node', { ...node, inputs })
  }

  private pruneReroutes(start: number): void {
    let id: number | undefined = start
    while (id !== undefined) {
      const here: number = id
      const used = this.all('link').some((link) => link.reroute === here)
      if (used || this.all('reroute').some((one) => one.parent === here)) return
      const reroute = this.find('reroute', here)
      if (reroute === undefined) return
      this.drop('reroute', here)
      id = reroute.parent
    }
  }

  private around(base: readonly Link[], fits: (link: Link) => boolean): Link[] {
    const table = this.table('link')
    if (table.size === 0) return [...base]
    const added = [...table.values()].filter((link): link is Link => link !== undefined && fits(link))
    return [...base.filter((link) => !table.has(link.id)), ...added]
  }

  private table<K extends Kind>(kind: K): Map<string | number, Things[K] | undefined> {
    return this.touched.get(kind) as Map<string | number, Things[K] | undefined>
  }

  changes(): Change[] {
    const { graph } = this
    const changes: Change[] = []
    if (this.newFacts !== undefined && this.newFacts !== graph.facts) {
      changes.push({ kind: 'facts', graph: graph.id, before: graph.facts, after: this.newFacts })
    }
    for (const kind of KINDS) {
      const base = graph[TABLES[kind]] as ReadonlyMap<string | number, Things[Kind]>
      for (const [id, after] of this.table(kind)) {
        const before = base.get(id)
        if (before !== after) changes.push({ kind, graph: graph.id, before, after } as Change)
      }
    }
    return changes
  }
}

/** The changes of some steps in one graph. */
export function edited(place: Place, steps: (graph: GraphEdit) => void): Change[] {
  const edit = new Edit(place)
  steps(edit.in())
  return edit.changes()
}
