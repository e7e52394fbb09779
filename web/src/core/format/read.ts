/** A saved workflow, schema 0.4 or 1, as a document. */

import type { Document, Graph, GraphId, Node } from '../document'
import { ROOT } from '../document'
import { isObject, type Json, type JsonObject } from '../json'
import { linksInto } from '../links'
import { renamedInputs, synced, withNames } from '../nodes'
import { specOf } from '../place'
import type { Specs } from '../specs'
import { FormatError, type Note } from './errors'
import { GraphReader, numbersOf } from './readGraph'
import { identityOf, listOf, numberOf, objectOf, pairOf, wholeOf } from './shapes'
import { parse } from './text'
import { valuesOf } from './values'

/** Graph coordinates at the window's top left corner, and the scale. */
export interface View {
  readonly x: number
  readonly y: number
  readonly zoom: number
}

export interface Opened {
  readonly document: Document
  readonly notes: readonly Note[]
  /** Where the file says that one looked last. */
  readonly camera?: View
}

/** The workflow in a file's text. Throws FormatError; whatever can be mended is, and noted. */
export function readText(text: string, specs: Specs): Opened {
  const { value, repaired } = parse(text)
  const opened = read(value, specs)
  if (!repaired) return opened
  const message = 'The file had numbers that are none (NaN or Infinity): they are empty now.'
  return { ...opened, notes: [{ code: 'not_a_number', message, graph: ROOT }, ...opened.notes] }
}

export function read(data: Json, specs: Specs): Opened {
  const root = checked(data)
  const notes: Note[] = []
  const graphs = new Map<GraphId, Graph>()
  graphs.set(ROOT, new GraphReader(ROOT, root, notes).read())
  for (const definition of definitionsOf(root)) {
    const id = definitionId(definition, graphs, notes)
    if (id !== undefined) graphs.set(id, new GraphReader(id, definition, notes).read())
  }
  const bare = { graphs, ...lastOf(graphs, root) }
  const document = completed(bare, specs)
  const camera = cameraOf(root)
  return camera === undefined ? { document, notes } : { document, notes, camera }
}

function checked(data: Json): JsonObject {
  if (!isObject(data)) {
    throw new FormatError(
      'not_a_workflow',
      'The file holds no workflow: it is not an object with a list of nodes.',
    )
  }
  if (Array.isArray(data.nodes)) return data
  if (Object.values(data).some((entry) => isObject(entry) && typeof entry.class_type === 'string')) {
    throw new FormatError(
      'prompt',
      'The file is a prompt (API format), which has no drawing: let the server draw it.',
    )
  }
  throw new FormatError('not_a_workflow', 'The file holds no workflow: it has no list of nodes.')
}

/** Definitions of subgraphs; the clipboard of ComfyUI has them at its top. */
function definitionsOf(root: JsonObject): JsonObject[] {
  const listed = [...listOf(objectOf(root.definitions).subgraphs), ...listOf(root.subgraphs)]
  return listed.filter(isObject)
}

function definitionId(
  data: JsonObject,
  graphs: ReadonlyMap<GraphId, Graph>,
  notes: Note[],
): GraphId | undefined {
  const id = identityOf(data.id)
  if (id === undefined) {
    notes.push({
      code: 'missing',
      message: 'A subgraph had no id and was left out: nothing can use it.',
      graph: ROOT,
    })
    return undefined
  }
  if (!graphs.has(id)) return id
  notes.push({
    code: 'duplicate_id',
    message: `Two subgraphs had the id ${id}: the first one counts.`,
    graph: id,
  })
  return undefined
}

/** The document with each node's values and with the sockets that its class has but the file does not. */
function completed(document: Document, specs: Specs): Document {
  const graphs = new Map<GraphId, Graph>()
  for (const graph of document.graphs.values()) {
    const place = { document, graph: graph.id, specs }
    const nodes = new Map<string, Node>()
    const links = new Map(graph.links)
    for (const node of graph.nodes.values()) {
      const spec = specOf(place, node)
      const told = { ...node, ...valuesOf(node.raw, spec) }
      const names = renamedInputs(told, spec)
      const into = linksInto(graph, node.id)
      for (const link of into) {
        const input = names.get(link.input)
        if (input !== undefined) links.set(link.id, { ...link, input })
      }
      const held = withNames(told, names)
      nodes.set(
        node.id,
        spec
          ? synced(
              held,
              spec,
              into.map((link) => links.get(link.id) ?? link),
            )
          : held,
      )
    }
    graphs.set(graph.id, { ...graph, nodes, links })
  }
  return { ...document, graphs }
}

function lastOf(graphs: ReadonlyMap<GraphId, Graph>, root: JsonObject): Omit<Document, 'graphs'> {
  const all = [...graphs.values()]
  const state = objectOf(root.state)
  const last = (ids: (graph: Graph) => Iterable<string | number>, ...told: (Json | undefined)[]) =>
    all.reduce(
      (most, graph) => numbersOf(ids(graph)).reduce((a, b) => Math.max(a, b), most),
      Math.max(0, ...told.map((value) => wholeOf(value) ?? 0)),
    )
  return {
    lastNode: last((graph) => graph.nodes.keys(), root.last_node_id, state.lastNodeId),
    lastLink: last((graph) => graph.links.keys(), root.last_link_id, state.lastLinkId),
    lastGroup: last((graph) => graph.groups.keys(), state.lastGroupId),
    lastReroute: last((graph) => graph.reroutes.keys(), state.lastRerouteId),
  }
}

function cameraOf(root: JsonObject): View | undefined {
  const ds = objectOf(objectOf(root.extra).ds)
  const offset = pairOf(ds.offset)
  const zoom = numberOf(ds.scale)
  if (offset === undefined || zoom === undefined || zoom <= 0) return undefined
  return { x: -offset[0], y: -offset[1], zoom }
}
