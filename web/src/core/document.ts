/**
 * What was drawn: plain nodes and links, never changed in place. How it runs is told elsewhere
 * (`run/`), and none of that is saved.
 */

import type { JsonObject, Json } from './json'

/** A node's id as a text; files have numbers, which are written as numbers again. */
export type NodeId = string
export type LinkId = number
/** The graph that something lies in: `ROOT`, or the id of a subgraph's definition. */
export type GraphId = string

export const ROOT: GraphId = ''
/** The ends of links inside a subgraph that lead out of it, as litegraph numbers them. */
export const SUBGRAPH_INPUT: NodeId = '-10'
export const SUBGRAPH_OUTPUT: NodeId = '-20'

export interface Point {
  readonly x: number
  readonly y: number
}

export interface Size {
  readonly width: number
  readonly height: number
}

export interface Box extends Point, Size {}

/** Litegraph's numbers: 0 always, 2 never (mute), 4 bypass; 1 and 3 occur in old files and run. */
export type Mode = number
export const ALWAYS: Mode = 0
export const MUTED: Mode = 2
export const BYPASSED: Mode = 4

/** What becomes of a seed after each run. */
export type Control = 'fixed' | 'increment' | 'decrement' | 'randomize'

/** Where a link may begin or end. `widget` names the widget that it stands for, if it is one's. */
export interface Socket {
  readonly name: string
  readonly type: string
  readonly label?: string
  readonly widget?: string
  /** What else the file said. */
  readonly raw?: JsonObject
}

export interface Node {
  readonly id: NodeId
  /** A node's class, a subgraph's id, or one that only the editor knows: see `VIRTUAL`. */
  readonly type: string
  /** Its own title; '' takes that of its class. */
  readonly title: string
  readonly pos: Point
  readonly size: Size
  readonly mode: Mode
  readonly collapsed: boolean
  readonly pinned: boolean
  /** Colours of the head and the body, as CSS has them; '' for the theme's. */
  readonly color: string
  readonly background: string
  /** Widget values by input name; what is not there has its default. */
  readonly values: JsonObject
  /** By input name, of seeds. */
  readonly controls: { readonly [input: string]: Control }
  readonly inputs: readonly Socket[]
  readonly outputs: readonly Socket[]
  /** The node as the file had it: what nobody here knows is written back from it. */
  readonly raw: JsonObject
}

/** A link ends at an input by its name: positions change when a node's code does. */
export interface Link {
  readonly id: LinkId
  readonly from: NodeId
  readonly output: number
  readonly to: NodeId
  readonly input: string
  readonly type: string
  /** The reroute that it hangs on last, if it does. */
  readonly reroute?: number
  readonly raw?: JsonObject
}

/** A bend that several links may share; `parent` is the one before it on the way from the output. */
export interface Reroute {
  readonly id: number
  readonly pos: Point
  readonly parent?: number
  readonly raw?: JsonObject
}

export interface Group {
  readonly id: number
  readonly title: string
  readonly box: Box
  readonly color: string
  readonly raw: JsonObject
}

/** An input or output of a subgraph. */
export interface Gate {
  readonly id: string
  readonly name: string
  readonly type: string
  readonly label?: string
  readonly raw: JsonObject
}

export interface Graph {
  readonly id: GraphId
  readonly nodes: ReadonlyMap<NodeId, Node>
  readonly links: ReadonlyMap<LinkId, Link>
  readonly reroutes: ReadonlyMap<number, Reroute>
  readonly groups: ReadonlyMap<number, Group>
  /** Of a subgraph's definition. */
  readonly facts: GraphFacts
}

/** What belongs to a graph as a whole. The root has no gates and no name. */
export interface GraphFacts {
  readonly name: string
  readonly inputs: readonly Gate[]
  readonly outputs: readonly Gate[]
  /** Where the gates are drawn. */
  readonly inputBox: Box
  readonly outputBox: Box
  /** The graph as the file had it, without what stands above. */
  readonly raw: JsonObject
}

export interface Document {
  /** The root and every subgraph's definition. */
  readonly graphs: ReadonlyMap<GraphId, Graph>
  /** The largest ids given so far: an id is never used again, even after undo. */
  readonly lastNode: number
  readonly lastLink: number
  readonly lastGroup: number
  readonly lastReroute: number
}

/** Nodes that exist in the editor only and are never run. */
export const NOTE = 'Note'
export const MARKDOWN = 'MarkdownNote'
export const REROUTE = 'Reroute'
export const PRIMITIVE = 'PrimitiveNode'
export const VIRTUAL: ReadonlySet<string> = new Set([NOTE, MARKDOWN, REROUTE, PRIMITIVE])

const NOWHERE: Box = { x: 0, y: 0, width: 0, height: 0 }

export function emptyGraph(id: GraphId, name = ''): Graph {
  const facts = { name, inputs: [], outputs: [], inputBox: NOWHERE, outputBox: NOWHERE, raw: {} }
  return { id, nodes: new Map(), links: new Map(), reroutes: new Map(), groups: new Map(), facts }
}

export function emptyDocument(): Document {
  const graphs = new Map([[ROOT, emptyGraph(ROOT)]])
  return { graphs, lastNode: 0, lastLink: 0, lastGroup: 0, lastReroute: 0 }
}

/** The graph with this id. Throws when there is none: ids come from the document itself. */
export function graphOf(document: Document, id: GraphId): Graph {
  const graph = document.graphs.get(id)
  if (graph === undefined) throw new Error(`no graph ${id || 'root'}`)
  return graph
}

/** A widget's value, or undefined where the default holds. */
export function valueOf(node: Node, input: string): Json | undefined {
  return Object.hasOwn(node.values, input) ? node.values[input] : undefined
}
