/** One graph of a file: its nodes, links, reroutes and groups; what is broken is mended and noted. */

import type { Graph, GraphFacts, GraphId, Group, Link, LinkId, Node, NodeId, Reroute } from '../document'
import { ROOT, SUBGRAPH_INPUT, SUBGRAPH_OUTPUT } from '../document'
import { isObject, without, type Json, type JsonObject } from '../json'
import type { Note } from './errors'
import { gatesOf, groupOf, linkNames, linkParts, nodeOf, rerouteOf } from './readNode'
import { boxOf, identityOf, listOf, modeOf, objectOf, textOf, typeOf, wholeOf } from './shapes'

const NOWHERE = { x: 0, y: 0, width: 120, height: 60 }
/** No node has more outputs; a link beyond leads nowhere. */
const MOST_OUTPUTS = 1000

export class GraphReader {
  private readonly nodes = new Map<NodeId, Node>()
  private readonly links = new Map<LinkId, Link>()
  private readonly facts: GraphFacts
  private readonly wires = new Map<number, JsonObject>()
  private readonly parents: ReadonlyMap<number, number>
  private readonly reroutes: ReadonlyMap<number, Reroute>
  private lastLink = 0

  constructor(
    private readonly id: GraphId,
    private readonly data: JsonObject,
    private readonly notes: Note[],
  ) {
    this.facts = factsOf(id, data)
    this.parents = linkParents(data)
    this.reroutes = rooted(numbered(rerouteEntries(data), rerouteOf))
  }

  read(): Graph {
    this.readNodes()
    this.readWires()
    for (const node of this.nodes.values()) this.linkInputs(node)
    this.linkOutputs()
    this.noteLoose()
    const { reroutes } = this
    const groups = numbered(listOf(this.data.groups), groupOf)
    const ids = { nodes: this.nodes, links: this.wires, groups, reroutes }
    const had = { ...objectOf(this.data.extra), ...this.data }
    const told = Object.entries(ids).filter(
      ([key]) => (key === 'reroutes' ? had : this.data)[key] !== undefined,
    )
    // the order of the file, to be kept when it is written
    const order = Object.fromEntries(told.map(([key, things]) => [key, [...things.keys()]]))
    const facts = { ...this.facts, raw: { ...this.facts.raw, ...order } }
    return { id: this.id, nodes: this.nodes, links: this.links, reroutes, groups, facts }
  }

  private note(code: Note['code'], message: string, node?: NodeId): void {
    this.notes.push({ code, message, graph: this.id, ...(node === undefined ? {} : { node }) })
  }

  private readNodes(): void {
    const again: JsonObject[] = []
    const loose: JsonObject[] = []
    for (const entry of listOf(this.data.nodes)) {
      if (!isObject(entry)) {
        this.note('unreadable', 'One entry in the list of nodes is no node; it was left out.')
        continue
      }
      const id = identityOf(entry.id)
      if (id === undefined) loose.push(entry)
      else if (this.nodes.has(id)) again.push(entry)
      else this.nodes.set(id, this.nodeOf(id, entry))
    }
    let fresh = Math.max(0, ...numbersOf(this.nodes.keys()))
    for (const entry of again) {
      fresh += 1
      const id = identityOf(entry.id) ?? ''
      this.note('duplicate_id', `Two nodes had the id ${id}: the later one is now ${fresh}.`, String(fresh))
      this.nodes.set(String(fresh), this.nodeOf(String(fresh), entry))
    }
    for (const entry of loose) {
      fresh += 1
      this.note(
        'missing',
        `A node of type "${textOf(entry.type)}" had no id: it is now ${fresh}.`,
        String(fresh),
      )
      this.nodes.set(String(fresh), this.nodeOf(String(fresh), entry))
    }
  }

  private nodeOf(id: NodeId, entry: JsonObject): Node {
    if (modeOf(entry.mode) === undefined) {
      this.note('unknown_mode', `Node ${id} had a mode that is not known: it now runs always.`, id)
    }
    if (textOf(entry.type) === '') this.note('missing', `Node ${id} does not say of which type it is.`, id)
    return nodeOf(id, entry)
  }

  private readWires(): void {
    for (const entry of listOf(this.data.links)) {
      const parts = entry === null ? undefined : linkParts(entry)
      const id = wholeOf(parts?.id)
      if (parts === undefined || id === undefined) {
        if (entry !== null)
          this.note('unreadable', 'One entry in the list of links is no link; it was left out.')
        continue
      }
      if (this.wires.has(id)) this.note('duplicate_id', `Two links had the id ${id}: the later one counts.`)
      this.wires.set(id, parts)
      this.lastLink = Math.max(this.lastLink, id)
    }
  }

  /** Where a link ends is told by the input that names it: the place in the link may be out of date. */
  private linkInputs(node: Node): void {
    linkNames(node.raw).forEach((id, index) => {
      const input = node.inputs[index]
      if (id === undefined || input === undefined) return
      this.link(id, node.id, input.name, `input "${input.name}" of node ${node.id}`)
    })
  }

  private linkOutputs(): void {
    if (this.id === ROOT) return
    const ends = [...this.wires].filter(
      ([, wire]) => identityOf(wire.target_id) === this.gateEnd('outputNode', SUBGRAPH_OUTPUT),
    )
    const drawn = new Map(ends.map(([id, wire]) => [wholeOf(wire.target_slot), id]))
    const known = new Set(ends.map(([id]) => id))
    this.facts.outputs.forEach((gate, slot) => {
      const named = listOf(gate.raw.linkIds)
        .map(wholeOf)
        .find((id) => id !== undefined && known.has(id))
      const id = named ?? drawn.get(slot)
      if (id !== undefined) this.link(id, SUBGRAPH_OUTPUT, gate.id, `output "${gate.name}" of the subgraph`)
    })
  }

  private link(wire: number, to: NodeId, input: string, where: string): void {
    const parts = this.wires.get(wire)
    const end = this.originOf(parts)
    if (parts === undefined || end === undefined) {
      this.note('link_to_nowhere', `The link into ${where} led nowhere and was removed.`, to)
      return
    }
    const id = this.links.has(wire) ? (this.lastLink += 1) : wire
    const reroute = wholeOf(parts.parentId) ?? this.parents.get(wire)
    const raw = without(parts, 'id', 'origin_id', 'origin_slot', 'target_id', 'target_slot', 'parentId')
    const link = { id, ...end, to, input, type: typeOf(parts.type) }
    const hung = reroute === undefined || !this.reroutes.has(reroute) ? link : { ...link, reroute }
    this.links.set(id, Object.keys(raw).length > 1 || typeof raw.type !== 'string' ? { ...hung, raw } : hung)
  }

  /** Where a link begins. Outputs that a node does not list but a link names are added to it. */
  private originOf(parts: JsonObject | undefined): { from: NodeId; output: number } | undefined {
    const id = identityOf(parts?.origin_id)
    const output = wholeOf(parts?.origin_slot)
    if (id === undefined || output === undefined || output < 0 || output >= MOST_OUTPUTS) return undefined
    if (this.id !== ROOT && id === this.gateEnd('inputNode', SUBGRAPH_INPUT)) {
      return output < this.facts.inputs.length ? { from: SUBGRAPH_INPUT, output } : undefined
    }
    const node = this.nodes.get(id)
    if (node === undefined) return undefined
    const outputs = [...node.outputs]
    while (outputs.length <= output)
      outputs.push({ name: `output ${outputs.length}`, type: typeOf(parts?.type) })
    if (outputs.length > node.outputs.length) this.nodes.set(id, { ...node, outputs })
    return { from: id, output }
  }

  private gateEnd(key: string, usual: NodeId): NodeId {
    return identityOf(objectOf(this.data[key]).id) ?? usual
  }

  private noteLoose(): void {
    for (const id of this.wires.keys()) {
      if (!this.links.has(id)) this.note('link_to_nowhere', `Link ${id} ends at no input and was removed.`)
    }
  }
}

function factsOf(id: GraphId, data: JsonObject): GraphFacts {
  return {
    name: id === ROOT ? '' : textOf(data.name),
    inputs: id === ROOT ? [] : gatesOf(data.inputs, 'input'),
    outputs: id === ROOT ? [] : gatesOf(data.outputs, 'output'),
    inputBox: boxOf(objectOf(data.inputNode).bounding) ?? NOWHERE,
    outputBox: boxOf(objectOf(data.outputNode).bounding) ?? NOWHERE,
    raw: without(data, 'nodes', 'links', 'groups', 'reroutes', ...(id === ROOT ? [] : ['inputs', 'outputs'])),
  }
}

/** Reroutes of the newer schema, and those that the older one keeps aside. */
function rerouteEntries(data: JsonObject): readonly Json[] {
  return [...listOf(data.reroutes), ...listOf(objectOf(data.extra).reroutes)]
}

/** Bends whose parents are there, and in no circle. */
function rooted(reroutes: ReadonlyMap<number, Reroute>): ReadonlyMap<number, Reroute> {
  const sound = new Map<number, Reroute>()
  for (const reroute of reroutes.values()) {
    const path = new Set([reroute.id])
    let parent = reroute.parent
    while (parent !== undefined && reroutes.has(parent) && !path.has(parent)) {
      path.add(parent)
      parent = reroutes.get(parent)?.parent
    }
    const broken = parent !== undefined && (path.has(parent) || !reroutes.has(reroute.parent as number))
    sound.set(reroute.id, broken ? without({ ...reroute }, 'parent') : reroute)
  }
  return sound
}

function linkParents(data: JsonObject): ReadonlyMap<number, number> {
  const pairs = listOf(objectOf(data.extra).linkExtensions).map((entry) => [
    wholeOf(objectOf(entry).id),
    wholeOf(objectOf(entry).parentId),
  ])
  return new Map(
    pairs.filter((pair): pair is [number, number] => pair[0] !== undefined && pair[1] !== undefined),
  )
}

/** Things by their id; those without one, or with that of another, get a fresh one. */
function numbered<T extends Group | Reroute>(
  entries: readonly Json[],
  make: (id: number, raw: JsonObject) => T,
): Map<number, T> {
  const found = new Map<number, T>()
  const later: JsonObject[] = []
  for (const entry of entries.filter(isObject)) {
    const id = wholeOf(entry.id)
    if (id === undefined || found.has(id)) later.push(entry)
    else found.set(id, make(id, entry))
  }
  let fresh = Math.max(0, ...found.keys())
  for (const entry of later) found.set((fresh += 1), make(fresh, entry))
  return found
}

export function numbersOf(ids: Iterable<string | number>): number[] {
  return [...ids].map(Number).filter((id) => Number.isSafeInteger(id))
}
