/** A seeded source of chance, and what a person might do to a document by it. */

import type { Change } from '../../../src/core/changes'
import * as arrange from '../../../src/core/commands/arrange'
import { duplicate } from '../../../src/core/commands/clipboard'
import * as gates from '../../../src/core/commands/gates'
import * as groups from '../../../src/core/commands/groups'
import * as links from '../../../src/core/commands/links'
import * as nodes from '../../../src/core/commands/nodes'
import * as reroutes from '../../../src/core/commands/reroutes'
import { removeSelection } from '../../../src/core/commands/selection'
import * as subgraphs from '../../../src/core/commands/subgraphs'
import { unpack } from '../../../src/core/commands/unpack'
import { swap } from '../../../src/core/commands/swap'
import * as widgets from '../../../src/core/commands/widgets'
import type { Graph, NodeId } from '../../../src/core/document'
import { BYPASSED, SUBGRAPH_INPUT, SUBGRAPH_OUTPUT } from '../../../src/core/document'
import { placeGraph, specOf, type Place } from '../../../src/core/place'
import { NOTHING, type Selection } from '../../../src/core/selection'
import { ALL } from './specs'

/** Mulberry32: a small generator whose numbers only depend on its seed. */
export function chance(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296
  }
}

export class Person {
  constructor(readonly random: () => number) {}

  one<T>(list: Iterable<T>): T | undefined {
    const all = [...list]
    return all[Math.floor(this.random() * all.length)]
  }

  some<T>(list: Iterable<T>, share = 0.4): T[] {
    return [...list].filter(() => this.random() < share)
  }

  whole(most: number): number {
    return Math.floor(this.random() * most)
  }

  point() {
    return { x: this.whole(2000) - 500, y: this.whole(1500) - 400 }
  }

  /** Where it works: mostly the root, now and then a subgraph. */
  place(place: Place): Place {
    return this.random() < 0.65
      ? { ...place, graph: '' }
      : { ...place, graph: this.one(place.document.graphs.keys()) ?? '' }
  }

  private connect(place: Place, graph: Graph): Change[] {
    const from = this.one(graph.nodes.values())
    const to = this.one(graph.nodes.values())
    if (from === undefined || to === undefined) return []
    const end = { node: from.id, output: this.whole(from.outputs.length) }
    if (graph.id !== '' && this.random() < 0.2) {
      const gate = this.one(graph.facts.outputs)
      return gate ? links.connect(place, end, { node: SUBGRAPH_OUTPUT, input: gate.id }) : []
    }
    const input = this.one(to.inputs)?.name ?? ''
    if (graph.id !== '' && this.random() < 0.3) {
      const start = { node: SUBGRAPH_INPUT, output: this.whole(graph.facts.inputs.length) }
      return links.connect(place, start, { node: to.id, input })
    }
    return links.connect(place, end, {
      node: to.id,
      input: this.random() < 0.2 ? input : (links.inputFor(place, to.id, end) ?? input),
    })
  }

  private selection(graph: Graph): Selection {
    return {
      ...NOTHING,
      nodes: new Set(this.some(graph.nodes.keys())),
      groups: new Set(this.some(graph.groups.keys(), 0.2)),
      reroutes: new Set(this.some(graph.reroutes.keys(), 0.2)),
    }
  }

  /** Adds a node or, more often, a link: so that there is something to work on. */
  build(place: Place): Change[] {
    const spec = this.one(ALL)
    if (this.random() < 0.35 && spec) return nodes.addNode(place, spec, this.point())
    return this.random() < 0.1 ? this.bend(place) : this.connect(place, placeGraph(place))
  }

  private bend(place: Place): Change[] {
    return reroutes.addReroute(
      place,
      this.one(placeGraph(place).links.keys()) ?? 0,
      this.point(),
      this.whole(3),
    )
  }

  /** One command with whatever it fell upon; often none applies. */
  act(place: Place): Change[] {
    const graph = placeGraph(place)
    const node = this.one(graph.nodes.values())
    const id: NodeId = node?.id ?? ''
    const input = (node && this.one(node.inputs)?.name) ?? ''
    const side = this.random() < 0.5 ? ('input' as const) : ('output' as const)
    const gate = this.one(side === 'input' ? graph.facts.inputs : graph.facts.outputs)
    const selection = this.selection(graph)
    const spec = this.one(ALL) ?? ALL[0]
    const inside = graph.id !== ''
    const acts: (() => Change[])[] = [
      () => (spec ? nodes.addNode(place, spec, this.point()) : []),
      () => (spec ? nodes.addNode(place, spec, this.point()) : []),
      () => this.connect(place, graph),
      () => this.connect(place, graph),
      () => this.connect(place, graph),
      () => this.connect(place, graph),
      () =>
        removeSelection(
          place,
          { ...selection, nodes: new Set(this.some(selection.nodes, 0.3)) },
          this.random() < 0.5,
        ),
      () => links.disconnect(place, this.some(graph.links.keys(), 0.2)),
      () => nodes.setValue(place, id, input, this.one([1, 2.5, 'word', true, this.whole(100)]) ?? 0),
      () =>
        nodes.setControl(place, id, input, this.one(['fixed', 'increment', 'randomize'] as const) ?? 'fixed'),
      () => nodes.setTitle(place, id, `title ${this.whole(9)}`),
      () => nodes.toggleMode(place, selection.nodes, BYPASSED),
      () => nodes.toggleCollapsed(place, selection.nodes),
      () => nodes.resize(place, id, { width: this.whole(500), height: this.whole(500) }),
      () => arrange.move(place, selection, this.point()),
      () =>
        arrange.align(
          place,
          selection.nodes,
          this.one(['left', 'center', 'right', 'top', 'middle', 'bottom'] as const) ?? 'left',
        ),
      () => arrange.distribute(place, selection.nodes, this.random() < 0.5 ? 'x' : 'y'),
      () => arrange.snap(place, selection.nodes),
      () => groups.addGroup(place, 'Group', selection.nodes, '#8A8'),
      () => groups.fitGroup(place, this.one(graph.groups.keys()) ?? 0),
      () => reroutes.addReroute(place, this.one(graph.links.keys()) ?? 0, this.point(), this.whole(3)),
      () => reroutes.removeReroutes(place, this.some(graph.reroutes.keys(), 0.3)),
      () =>
        duplicate(
          place,
          { ...selection, nodes: new Set(this.some(selection.nodes, 0.3)) },
          this.random() < 0.5,
        ),
      () => (spec ? swap(place, id, spec) : []),
      () => widgets.toggleBare(place, id, input),
      () => widgets.addPrimitive(place, id, input),
      () => widgets.addNote(place, this.point(), 'a *note*'),
      () => widgets.stepSeeds(place, this.random),
      () => subgraphs.makeSubgraph(place, selection, `Part ${this.whole(9)}`),
      () =>
        unpack(
          place,
          this.one([...graph.nodes.values()].filter((one) => place.document.graphs.has(one.type)))?.id ?? '',
        ),
      () => (inside ? gates.addGate(place, side, `gate ${this.whole(3)}`, 'AUDIO') : []),
      () => (inside && gate ? gates.renameGate(place, side, gate.id, `name ${this.whole(3)}`) : []),
      () => (inside && gate ? gates.removeGate(place, side, gate.id) : []),
      () => (inside && gate ? gates.moveGate(place, side, gate.id, this.whole(3)) : []),
      () => (inside && node ? gates.promote(place, id, input) : []),
      () => (inside && node ? gates.unpromote(place, id, input) : []),
      () => (inside && node?.outputs.length ? gates.gateFrom(place, { node: id, output: 0 }) : []),
      () => subgraphs.removeUnused(place),
      () => nodes.renewAll(place),
    ]
    return (this.one(acts) ?? (() => []))()
  }
}

/** What must hold of every document: no link, bend or gate leads nowhere. */
export function flaws(place: Place): string[] {
  const found: string[] = []
  for (const graph of place.document.graphs.values()) {
    const here = { ...place, graph: graph.id }
    const taken = new Set<string>()
    for (const [id, link] of graph.links) {
      const where = `${graph.id}/link ${id} ${link.from}.${link.output} → ${link.to}.${link.input}`
      if (id !== link.id) found.push(`${where}: has another id`)
      const key = `${link.to} ${link.input}`
      if (taken.has(key)) found.push(`${where}: the input has two links`)
      taken.add(key)
      const from = graph.nodes.get(link.from)
      const count = link.from === SUBGRAPH_INPUT ? graph.facts.inputs.length : (from?.outputs.length ?? -1)
      if (link.output >= count) found.push(`${where}: no such output`)
      const to = graph.nodes.get(link.to)
      const there =
        link.to === SUBGRAPH_OUTPUT
          ? graph.facts.outputs.some((gate) => gate.id === link.input)
          : to?.inputs.some((one) => one.name === link.input)
      if (!there) found.push(`${where}: no such input`)
      if (link.reroute !== undefined && !graph.reroutes.has(link.reroute))
        found.push(`${where}: no reroute ${link.reroute}`)
    }
    for (const [id, { parent }] of graph.reroutes) {
      if (parent !== undefined && !graph.reroutes.has(parent))
        found.push(`${graph.id}/reroute ${id}: no parent ${parent}`)
    }
    for (const node of graph.nodes.values()) {
      const names = node.inputs.map((socket) => socket.name)
      if (new Set(names).size < names.length)
        found.push(`${graph.id}/node ${node.id}: an input twice: ${names.join(', ')}`)
      const spec = specOf(here, node)
      if (spec === undefined) found.push(`${graph.id}/node ${node.id}: of no known type ${node.type}`)
    }
  }
  return found
}
