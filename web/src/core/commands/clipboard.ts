/** Copying and pasting as text: what is copied is a small workflow, which is a file of its own. */

import type { Change } from '../changes'
import type { Document, Graph, GraphId, Link, NodeId, Point } from '../document'
import { emptyGraph, graphOf, ROOT } from '../document'
import { FormatError } from '../format/errors'
import { drawPrompt, isPrompt } from '../format/prompt'
import { read } from '../format/read'
import { listOf, numberOf, objectOf, textOf, wholeOf } from '../format/shapes'
import { dumps, parse } from '../format/text'
import { write, writeText } from '../format/write'
import { newId } from '../ids'
import { isList, isObject, without, type Json, type JsonObject } from '../json'
import { linksInto } from '../links'
import { placeGraph, type Place } from '../place'
import type { Selection } from '../selection'
import { bends } from '../paths'
import { boxOfNodes } from './arrange'
import { Edit, type GraphEdit } from './edit'
import { joined } from './links'

/** How far a duplicate lies from its original. */
const BESIDE = 30

/** What is selected, with the links among it and the subgraphs that it needs. */
export function copy(place: Place, selection: Selection): string {
  const part = portion(place, selection)
  const outside = outsideLinks(placeGraph(place), selection.nodes)
  const saved = write(part, place.specs)
  const extra = { ...objectOf(saved.extra), patchbay: { clipboard: 1, outside } }
  return dumps({ ...saved, extra })
}

/** A document of its own with what is selected. */
export function portion(place: Place, selection: Selection): Document {
  const graph = placeGraph(place)
  const nodes = new Map([...graph.nodes].filter(([id]) => selection.nodes.has(id)))
  const links = new Map([...graph.links].filter(([, link]) => nodes.has(link.from) && nodes.has(link.to)))
  const reroutes = new Map(
    [...links.values()].flatMap((link) => bends(graph, link).map((bend) => [bend.id, bend])),
  )
  const groups = new Map([...graph.groups].filter(([id]) => selection.groups.has(id)))
  const root = { ...emptyGraph(ROOT), nodes, links, reroutes, groups }
  const graphs = new Map<GraphId, Graph>([[ROOT, root]])
  for (const { id } of needed(place.document, root)) graphs.set(id, graphOf(place.document, id))
  return { ...place.document, graphs }
}

/** The subgraphs that nodes stand for, and those inside them. */
function needed(document: Document, start: Graph): Graph[] {
  const found = new Set<Graph>()
  const waiting = [start]
  for (const graph of waiting) {
    for (const node of graph.nodes.values()) {
      const inner = node.type === ROOT ? undefined : document.graphs.get(node.type)
      if (inner === undefined || found.has(inner)) continue
      found.add(inner)
      waiting.push(inner)
    }
  }
  return [...found]
}

/** Links from nodes that are not copied, for pasting beside them. */
function outsideLinks(graph: Graph, nodes: ReadonlySet<NodeId>): JsonObject[] {
  return [...nodes].flatMap((id) =>
    linksInto(graph, id)
      .filter((link) => !nodes.has(link.from) && graph.nodes.has(link.from))
      .map(({ from, output, to, input }) => ({
        from,
        output,
        to,
        input,
        type: graph.nodes.get(from)?.type ?? '',
      })),
  )
}

export interface Pasting {
  /** Where the upper left corner goes; without it a little beside where it was. */
  readonly at?: Point | undefined
  /** Also links to those nodes here from which the copied ones were fed. */
  readonly outside?: boolean
}

/** The changes that paste a text; null if it is no workflow, prompt or clipboard of nodes. */
export function paste(place: Place, text: string, pasting: Pasting = {}): Change[] | null {
  if (!/^\s*\{/.test(text)) return null
  try {
    const { value } = parse(text)
    if (isPrompt(value)) return insert(place, drawPrompt(value, place.specs), pasting)
    const adopted = isObject(value) ? adopt(value) : value
    const outside = isObject(value) ? listOf(objectOf(objectOf(value.extra).patchbay).outside) : []
    return insert(place, read(adopted, place.specs).document, pasting, pasting.outside ? outside : [])
  } catch (error) {
    if (error instanceof FormatError) return null
    throw error
  }
}

export function duplicate(place: Place, selection: Selection, outside = false): Change[] {
  const links = outside ? outsideLinks(placeGraph(place), selection.nodes) : []
  return insert(place, portion(place, selection), {}, links)
}

/** The text that ComfyUI's editor has hidden in the HTML of the clipboard, if it has. */
export function hiddenText(html: string): string | null {
  const encoded = /data-metadata="([A-Za-z0-9+/=]+)"/.exec(html)?.[1]
  if (encoded === undefined) return null
  try {
    return new TextDecoder().decode(Uint8Array.from(atob(encoded), (letter) => letter.charCodeAt(0)))
  } catch {
    return null
  }
}

/** Puts all of another document's root here, under new ids, with the subgraphs that it needs. */
export function insert(
  place: Place,
  from: Document,
  pasting: Pasting = {},
  outside: readonly Json[] = [],
): Change[] {
  const edit = new Edit(place)
  const root = graphOf(from, ROOT)
  const types = takeGraphs(edit, from, root)
  const graph = edit.in()
  const by = offset({ ...place, document: from, graph: ROOT }, root, pasting.at)
  const nodes = new Map<NodeId, NodeId>()
  for (const node of root.nodes.values()) {
    const type = types.get(node.type) ?? node.type
    if (isInside(place, from, type)) continue
    const id = String(edit.ids.next('node'))
    nodes.set(node.id, id)
    const raw = without(node.raw, 'order')
    graph.put('node', { ...node, id, type, raw, pos: { x: node.pos.x + by.x, y: node.pos.y + by.y } })
  }
  insertLinks(graph, root, nodes, by)
  for (const group of root.groups.values()) {
    const box = { ...group.box, x: group.box.x + by.x, y: group.box.y + by.y }
    graph.put('group', { ...group, id: edit.ids.next('group'), box })
  }
  for (const entry of outside) linkOutside(graph, objectOf(entry), nodes)
  for (const id of nodes.values()) graph.regrow(id)
  return edit.changes()
}

/** Whether an instance of this type would lie inside itself. */
function isInside(place: Place, from: Document, type: GraphId): boolean {
  if (place.graph === ROOT) return false
  if (type === place.graph) return true
  const document = { ...from, graphs: new Map([...from.graphs, ...place.document.graphs]) }
  const graph = type === ROOT ? undefined : document.graphs.get(type)
  return graph !== undefined && needed(document, graph).some((inner) => inner.id === place.graph)
}

function insertLinks(graph: GraphEdit, root: Graph, nodes: ReadonlyMap<NodeId, NodeId>, by: Point): void {
  const { ids } = graph.edit
  const links = [...root.links.values()].filter((link) => nodes.has(link.from) && nodes.has(link.to))
  const reroutes = new Map<number, number>()
  for (const link of links) {
    for (const bend of bends(root, link))
      if (!reroutes.has(bend.id)) reroutes.set(bend.id, ids.next('reroute'))
  }
  for (const [old, id] of reroutes) {
    const bend = root.reroutes.get(old)
    if (bend === undefined) continue
    const { parent, ...rest } = bend
    const hung = parent === undefined ? undefined : reroutes.get(parent)
    const pos = { x: bend.pos.x + by.x, y: bend.pos.y + by.y }
    graph.put('reroute', { ...rest, id, pos, ...(hung === undefined ? {} : { parent: hung }) })
  }
  for (const { reroute, ...link } of links) {
    const hung = reroute === undefined ? undefined : reroutes.get(reroute)
    const ends = { from: nodes.get(link.from) as NodeId, to: nodes.get(link.to) as NodeId }
    graph.put('link', {
      ...link,
      ...ends,
      id: ids.next('link'),
      ...(hung === undefined ? {} : { reroute: hung }),
    } as Link)
  }
}

function linkOutside(graph: GraphEdit, entry: JsonObject, nodes: ReadonlyMap<NodeId, NodeId>): void {
  const from = textOf(entry.from)
  const to = nodes.get(textOf(entry.to))
  const output = numberOf(entry.output) ?? 0
  const source = graph.graph.nodes.get(from)
  if (to === undefined || source === undefined || source.type !== entry.type) return
  const type = source.outputs[output]?.type
  if (type !== undefined) joined(graph, { from, output, to, input: textOf(entry.input), type })
}

function offset(place: Place, root: Graph, at: Point | undefined): Point {
  if (at === undefined) return { x: BESIDE, y: BESIDE }
  const box = boxOfNodes(place, root.nodes.keys()) ?? [...root.groups.values()][0]?.box ?? { x: 0, y: 0 }
  return { x: Math.round(at.x - box.x), y: Math.round(at.y - box.y) }
}

/** Brings the subgraphs along. One that is here with another content comes under a new id. */
function takeGraphs(edit: Edit, from: Document, root: Graph): ReadonlyMap<GraphId, GraphId> {
  const here = edit.place.document.graphs
  const wanted = needed(from, root).filter((graph) => here.get(graph.id) !== graph)
  const alone = (document: Document, graph: Graph) => {
    const graphs = new Map([[ROOT, { ...graph, id: ROOT, facts: { ...graph.facts, raw: {} } }]])
    return writeText({ ...document, graphs }, edit.place.specs)
  }
  const differs = (graph: Graph) => {
    const other = here.get(graph.id)
    return other !== undefined && alone(from, graph) !== alone(edit.place.document, other)
  }
  const renamed = new Map(wanted.filter(differs).map((graph) => [graph.id, newId()]))
  // what has a renamed one inside is another one too
  for (let before = -1; before !== renamed.size;) {
    before = renamed.size
    for (const graph of wanted) {
      const touched = [...graph.nodes.values()].some((node) => renamed.has(node.type))
      if (touched && !renamed.has(graph.id) && here.has(graph.id)) renamed.set(graph.id, newId())
    }
  }
  for (const graph of wanted) {
    const id = renamed.get(graph.id) ?? graph.id
    if (here.has(id)) continue
    const nodes = new Map(
      [...graph.nodes].map(([key, node]) => [key, { ...node, type: renamed.get(node.type) ?? node.type }]),
    )
    edit.addGraph({ ...graph, id, nodes })
  }
  return renamed
}

/**
 * A clipboard of ComfyUI's editor as a workflow: there only the list of links tells what is
 * connected, in old ones by the nodes' places in the list.
 */
function adopt(data: JsonObject): JsonObject {
  const links = listOf(data.links)
  const nodes = listOf(data.nodes).filter(isObject)
  if (data.version !== undefined || data.last_node_id !== undefined || nodes.length === 0) return data
  const parts = links.map((link, index) =>
    isList(link) && link.length === 5 ? byPlaces(link, index, nodes) : link,
  )
  const into = new Map<string, Json>()
  for (const part of parts) {
    if (isObject(part)) into.set(`${String(part.target_id)} ${String(part.target_slot)}`, part.id ?? null)
  }
  const joined = nodes.map((node) => ({
    ...node,
    inputs: listOf(node.inputs).map((socket, slot) => {
      const link = into.get(`${String(node.id)} ${slot}`)
      return isObject(socket) && wholeOf(link) !== undefined ? { ...socket, link: link as Json } : socket
    }),
  }))
  return { ...data, nodes: joined, links: parts }
}

function byPlaces(link: readonly Json[], index: number, nodes: readonly JsonObject[]): Json {
  const [origin, originSlot, target, targetSlot] = link
  const [from, to] = [nodes[wholeOf(origin) ?? -1], nodes[wholeOf(target) ?? -1]]
  if (from?.id === undefined || to?.id === undefined) return null
  const ends = {
    origin_id: from.id,
    origin_slot: originSlot ?? 0,
    target_id: to.id,
    target_slot: targetSlot ?? 0,
  }
  return { id: index + 1, ...ends, type: '*' }
}
