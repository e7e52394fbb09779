/** A document as a saved workflow: schema 0.4, subgraphs inside it as version 1. */

import type { Document, Graph, Link, LinkId, Node, NodeId } from '../document'
import { graphOf, ROOT, SUBGRAPH_OUTPUT } from '../document'
import { defined, isObject, same, without, type Json, type JsonObject } from '../json'
import { linksFrom, linksInto } from '../links'
import { specOf } from '../place'
import type { Spec, Specs } from '../specs'
import { orders } from './order'
import type { View } from './read'
import { numbersOf } from './readGraph'
import { box, listOf, objectOf, wholeOf } from './shapes'
import { dumps } from './text'
import {
  endEntry,
  gateEntry,
  groupEntry,
  linkList,
  linkObject,
  nodeEntry,
  rerouteEntry,
  writtenInputs,
} from './writeNode'

/** The text of a saved workflow. With `camera` it also says where one looks. */
export function writeText(document: Document, specs: Specs, camera?: View): string {
  return dumps(write(document, specs, camera))
}

/** What of a graph's `raw` are ids in the order of the file. */
const LISTS = ['nodes', 'links', 'groups', 'reroutes']
const FRESH: JsonObject = { config: {}, extra: {}, revision: 0, widgets: [] }

export function write(document: Document, specs: Specs, camera?: View): JsonObject {
  const graph = graphOf(document, ROOT)
  const raw = without(graph.facts.raw, 'state', 'subgraphs', ...LISTS)
  const parts = new GraphWriter(document, graph, specs)
  const extensions = parts
    .links()
    .flatMap((link) => (link.reroute === undefined ? [] : [{ id: link.id, parentId: link.reroute }]))
  const definitions = definitionEntries(document, specs)
  return defined({
    ...(Object.keys(raw).length === 0 ? { config: {} } : {}),
    ...raw,
    version: 0.4,
    last_node_id: lastId(raw.last_node_id, graph.nodes.keys()),
    last_link_id: lastId(raw.last_link_id, graph.links.keys()),
    nodes: parts.nodes(),
    links: parts.links().map((link) => linkList(link, parts)),
    groups: parts.groups(),
    definitions: definitionsEntry(raw.definitions, definitions),
    extra: extraOf(raw.extra, { reroutes: parts.reroutes(), linkExtensions: extensions }, camera),
  })
}

function extraOf(
  raw: Json | undefined,
  lists: { readonly [key: string]: readonly JsonObject[] },
  camera: View | undefined,
): Json {
  const had = objectOf(raw)
  const filled = Object.entries(lists).filter(([key, list]) => list.length > 0 || had[key] !== undefined)
  const ds: JsonObject =
    camera === undefined ? {} : { ds: { scale: camera.zoom, offset: [-camera.x, -camera.y] } }
  if (raw === null && filled.length === 0 && camera === undefined) return null
  return {
    ...had,
    ...Object.fromEntries(filled.map(([key, list]) => [key, shuffled(had[key], list)])),
    ...ds,
  }
}

/** The list in the order that the file has, if it holds the same. */
function shuffled(had: Json | undefined, list: readonly JsonObject[]): Json {
  const before = listOf(had)
  const equal = before.length === list.length && list.every((entry) => before.some((one) => same(one, entry)))
  return equal ? before : list
}

function definitionsEntry(raw: Json | undefined, entries: readonly JsonObject[]): Json | undefined {
  if (entries.length === 0 && listOf(objectOf(raw).subgraphs).length === 0) return raw
  return { ...objectOf(raw), subgraphs: entries }
}

/** Subgraphs in the order of the file, new ones last. */
function definitionEntries(document: Document, specs: Specs): JsonObject[] {
  const raw = objectOf(graphOf(document, ROOT).facts.raw)
  const told = [...listOf(objectOf(raw.definitions).subgraphs), ...listOf(raw.subgraphs)].map((entry) =>
    String(objectOf(entry).id),
  )
  const graphs = [...document.graphs.values()].filter((graph) => graph.id !== ROOT)
  return inOrder(graphs, told).map((graph) => definitionEntry(document, graph, specs))
}

function definitionEntry(document: Document, graph: Graph, specs: Specs): JsonObject {
  const { raw, name, inputBox, outputBox } = graph.facts
  const parts = new GraphWriter(document, graph, specs)
  const reroutes = parts.reroutes()
  const state = objectOf(raw.state)
  return defined({
    ...(Object.keys(raw).length === 0 ? FRESH : {}),
    version: 1,
    ...without(raw, ...LISTS),
    id: graph.id,
    name,
    inputNode: endEntry(raw.inputNode, '-10', box(inputBox)),
    outputNode: endEntry(raw.outputNode, '-20', box(outputBox)),
    inputs: graph.facts.inputs.map((gate, slot) => gateEntry(gate, parts.fromGate(slot))),
    outputs: graph.facts.outputs.map((gate) => gateEntry(gate, parts.intoGate(gate.id))),
    nodes: parts.nodes(),
    links: parts.links().map((link) => linkObject(link, parts)),
    groups: graph.groups.size > 0 || raw.groups !== undefined ? parts.groups() : undefined,
    reroutes: reroutes.length > 0 || listOf(raw.reroutes).length > 0 ? reroutes : undefined,
    state: {
      ...state,
      lastNodeId: lastId(state.lastNodeId, graph.nodes.keys()),
      lastLinkId: lastId(state.lastLinkId, graph.links.keys()),
      lastGroupId: lastId(state.lastGroupId, graph.groups.keys()),
      lastRerouteId: lastId(state.lastRerouteId, graph.reroutes.keys()),
    },
  })
}

/** The largest id: what the file says unless one is larger. */
function lastId(told: Json | undefined, ids: Iterable<string | number>): Json {
  const most = numbersOf(ids).reduce((a, b) => Math.max(a, b), 0)
  return most <= (wholeOf(told) ?? -1) ? (told as Json) : most
}

/** What was written of a node last: most nodes are the same at the next save. */
const entries = new WeakMap<
  Node,
  { readonly spec: Spec | undefined; readonly around: string; readonly entry: JsonObject }
>()

class GraphWriter {
  private readonly places = new Map<NodeId, ReadonlyMap<string, number>>()

  constructor(
    private readonly document: Document,
    private readonly graph: Graph,
    private readonly specs: Specs,
  ) {}

  nodes(): JsonObject[] {
    const nodes = inOrder([...this.graph.nodes.values()], this.told('nodes'))
    const order = orders(this.graph, nodes)
    return nodes.map((node) => this.node(node, order.get(node.id) ?? 0))
  }

  links(): Link[] {
    return inOrder([...this.graph.links.values()], this.told('links'))
  }

  groups(): JsonObject[] {
    return inOrder([...this.graph.groups.values()], this.told('groups')).map(groupEntry)
  }

  reroutes(): JsonObject[] {
    const hanging = new Map<number, LinkId[]>()
    for (const link of this.links()) {
      const seen = new Set<number>()
      let id = link.reroute
      while (id !== undefined && !seen.has(id)) {
        seen.add(id)
        hanging.set(id, [...(hanging.get(id) ?? []), link.id])
        id = this.graph.reroutes.get(id)?.parent
      }
    }
    const reroutes = inOrder([...this.graph.reroutes.values()], this.told('reroutes'))
    return reroutes.map((reroute) => rerouteEntry(reroute, hanging.get(reroute.id) ?? []))
  }

  fromGate(slot: number): LinkId[] {
    return sortedIds(linksFrom(this.graph, '-10').filter((link) => link.output === slot))
  }

  intoGate(gate: string): LinkId[] {
    return sortedIds(linksInto(this.graph, SUBGRAPH_OUTPUT).filter((link) => link.input === gate))
  }

  /** The number of the input where a link ends, as it is written. */
  input(link: Link): number {
    if (link.to === SUBGRAPH_OUTPUT)
      return this.graph.facts.outputs.findIndex((gate) => gate.id === link.input)
    let places = this.places.get(link.to)
    if (places === undefined) {
      const node = this.graph.nodes.get(link.to)
      const linked = new Set(linksInto(this.graph, link.to).map((one) => one.input))
      const sockets = node ? writtenInputs(node, linked) : []
      places = new Map(sockets.map((socket, index) => [socket.name, index]))
      this.places.set(link.to, places)
    }
    return places.get(link.input) ?? 0
  }

  private node(node: Node, order: number): JsonObject {
    const into = new Map(linksInto(this.graph, node.id).map((link) => [link.input, link.id]))
    const from = new Map<number, LinkId[]>()
    for (const link of linksFrom(this.graph, node.id)) {
      from.set(
        link.output,
        [...(from.get(link.output) ?? []), link.id].sort((a, b) => a - b),
      )
    }
    const spec = specOf({ document: this.document, graph: this.graph.id, specs: this.specs }, node)
    const around = JSON.stringify([order, [...into], [...from]])
    const known = entries.get(node)
    if (known?.spec === spec && known?.around === around) return known.entry
    const entry = nodeEntry(node, spec, { order, into, from })
    entries.set(node, { spec, around, entry })
    return entry
  }

  private told(key: string): string[] {
    return listOf(this.graph.facts.raw[key]).map((id) => (isObject(id) ? '' : String(id)))
  }
}

function sortedIds(links: readonly Link[]): LinkId[] {
  return links.map((link) => link.id).sort((a, b) => a - b)
}

/** Those that the file had in its order, then the others by number: undoing must not shuffle them. */
function inOrder<T extends { readonly id: string | number }>(
  things: readonly T[],
  told: readonly string[],
): T[] {
  const place = new Map(told.map((id, index) => [id, index]))
  const rank = (thing: T) => place.get(String(thing.id)) ?? Infinity
  return [...things].sort((a, b) => {
    const [left, right] = [rank(a), rank(b)]
    if (left !== right) return left - right
    return Number(a.id) - Number(b.id) || (String(a.id) < String(b.id) ? -1 : Number(a.id !== b.id))
  })
}
