/** Connecting and disconnecting, and why two sockets do not go together. */

import type { Change } from '../changes'
import type { Link, LinkId, NodeId } from '../document'
import { PRIMITIVE, REROUTE, SUBGRAPH_INPUT, SUBGRAPH_OUTPUT } from '../document'
import { linksInto, upstream } from '../links'
import { inputType, outputType, portFor } from '../nodes'
import { placeGraph, specOf, type Place } from '../place'
import { ANY, fits } from '../specs'
import { edited, type GraphEdit } from './edit'

export interface OutputEnd {
  readonly node: NodeId
  readonly output: number
}

/** An input by its name; of `SUBGRAPH_OUTPUT` the gate's id. */
export interface InputEnd {
  readonly node: NodeId
  readonly input: string
}

/** Why a link cannot be: the id of a sentence and what it speaks of. */
export interface Refusal {
  readonly key: 'missing' | 'itself' | 'circle' | 'type' | 'through'
  readonly params: { readonly [name: string]: string }
}

/** Why an output cannot be linked to an input, or null if it can. */
export function refusal(place: Place, from: OutputEnd, to: InputEnd): Refusal | null {
  const given = typeOfOutput(place, from)
  const wanted = typeOfInput(place, to)
  if (given === undefined || wanted === undefined) return { key: 'missing', params: {} }
  if (from.node === to.node) return { key: 'itself', params: {} }
  if (from.node === SUBGRAPH_INPUT && to.node === SUBGRAPH_OUTPUT) return { key: 'through', params: {} }
  if (!fits(given, wanted)) return { key: 'type', params: { given, wanted } }
  return upstream(placeGraph(place), from.node).has(to.node) ? { key: 'circle', params: {} } : null
}

export function typeOfOutput(place: Place, end: OutputEnd): string | undefined {
  const graph = placeGraph(place)
  if (end.node === SUBGRAPH_INPUT) return graph.facts.inputs[end.output]?.type
  const node = graph.nodes.get(end.node)
  if (node === undefined) return undefined
  if (node.type === REROUTE) return passed(place, end.node)
  return end.output < node.outputs.length ? outputType(node, specOf(place, node), end.output) : undefined
}

/** What comes out of a reroute node is what goes into it. */
function passed(place: Place, id: NodeId): string {
  const graph = placeGraph(place)
  const seen = new Set<NodeId>()
  let node = id
  for (;;) {
    const link = linksInto(graph, node)[0]
    if (link === undefined || seen.has(node)) return ANY
    seen.add(node)
    if (graph.nodes.get(link.from)?.type !== REROUTE)
      return typeOfOutput(place, { node: link.from, output: link.output }) ?? ANY
    node = link.from
  }
}

export function typeOfInput(place: Place, end: InputEnd): string | undefined {
  const graph = placeGraph(place)
  if (end.node === SUBGRAPH_OUTPUT) return graph.facts.outputs.find((gate) => gate.id === end.input)?.type
  const node = graph.nodes.get(end.node)
  const spec = node && specOf(place, node)
  const there = node?.inputs.some((socket) => socket.name === end.input) || (spec && portFor(spec, end.input))
  return node && there ? inputType(node, spec, end.input) : undefined
}

/** Links an output to an input, in place of the link that it had. Nothing if they do not go together. */
export function connect(place: Place, from: OutputEnd, to: InputEnd): Change[] {
  if (refusal(place, from, to) !== null) return []
  const type = typeOfOutput(place, from) ?? ANY
  return edited(place, (graph) =>
    linked(graph, { from: from.node, output: from.output, to: to.node, input: to.input, type }),
  )
}

/** Makes a link, with the socket that it needs; inputs that take many grow by one. */
export function linked(graph: GraphEdit, link: Omit<Link, 'id'>): void {
  joined(graph, link)
  graph.regrow(link.to)
}

/** The same one of several: numbers of inputs hold until `regrow` is called for the node. */
export function joined(graph: GraphEdit, link: Omit<Link, 'id'>): void {
  const node = graph.node(link.to)
  if (node !== undefined && !node.inputs.some((socket) => socket.name === link.input)) {
    const spec = graph.spec(node)
    const port = spec && portFor(spec, link.input)
    const socket = { name: link.input, type: port?.type ?? link.type }
    const widget = port?.widget && port.name === link.input ? { widget: link.input } : {}
    graph.put('node', { ...node, inputs: [...node.inputs, { ...socket, ...widget }] })
  }
  graph.connect(link)
}

/** The first input of a node that takes what an output gives: free ones first, sockets before widgets. */
export function inputFor(place: Place, node: NodeId, from: OutputEnd): string | undefined {
  const held = placeGraph(place).nodes.get(node)
  if (held === undefined) return undefined
  const taken = new Set(linksInto(placeGraph(place), node).map((link) => link.input))
  const given = typeOfOutput(place, from)
  const ranked = held.inputs
    .filter((socket) => refusal(place, from, { node, input: socket.name }) === null)
    .map((socket) => {
      const exact = typeOfInput(place, { node, input: socket.name }) === given
      return {
        name: socket.name,
        rank: (taken.has(socket.name) ? 4 : 0) + (exact ? 0 : 2) + (socket.widget ? 1 : 0),
      }
    })
  return ranked.sort((a, b) => a.rank - b.rank)[0]?.name
}

/** The first output of a node that an input takes. */
export function outputFor(place: Place, node: NodeId, to: InputEnd): number | undefined {
  const outputs = placeGraph(place).nodes.get(node)?.outputs ?? []
  const wanted = typeOfInput(place, to)
  const fitting = outputs
    .map((_, output) => output)
    .filter((output) => refusal(place, { node, output }, to) === null)
  return fitting.find((output) => typeOfOutput(place, { node, output }) === wanted) ?? fitting[0]
}

export function disconnect(place: Place, ids: Iterable<LinkId>): Change[] {
  return edited(place, (graph) =>
    cut(
      graph,
      [...ids].flatMap((id) => graph.find('link', id) ?? []),
    ),
  )
}

export function disconnectInput(place: Place, end: InputEnd): Change[] {
  return edited(place, (graph) =>
    cut(
      graph,
      graph.into(end.node).filter((link) => link.input === end.input),
    ),
  )
}

export function disconnectOutput(place: Place, end: OutputEnd): Change[] {
  return edited(place, (graph) =>
    cut(
      graph,
      graph.from(end.node).filter((link) => link.output === end.output),
    ),
  )
}

/** Removes all links of nodes. */
export function isolate(place: Place, ids: Iterable<NodeId>): Change[] {
  return edited(place, (graph) => {
    for (const id of ids) cut(graph, [...graph.into(id), ...graph.from(id)])
  })
}

export function cut(graph: GraphEdit, links: readonly Link[]): void {
  for (const link of links) graph.cut(link)
  for (const id of new Set(links.map((link) => link.to))) {
    graph.regrow(id)
    dropStale(graph, id)
  }
}

/** A socket that only a link still held goes with it. */
function dropStale(graph: GraphEdit, id: NodeId): void {
  const node = graph.node(id)
  const spec = node && graph.spec(node)
  if (node === undefined || spec === undefined || node.type === PRIMITIVE) return
  const held = new Set(graph.into(id).map((link) => link.input))
  const inputs = node.inputs.filter(
    (socket) => held.has(socket.name) || portFor(spec, socket.name) !== undefined,
  )
  if (inputs.length < node.inputs.length) graph.put('node', { ...node, inputs })
}

/** Takes the end of a link to another input. */
export function redirect(place: Place, id: LinkId, to: InputEnd): Change[] {
  const link = placeGraph(place).links.get(id)
  if (link === undefined || (link.to === to.node && link.input === to.input)) return []
  if (refusal(place, { node: link.from, output: link.output }, to) !== null) return []
  return edited(place, (graph) => {
    cut(graph, [link])
    const { from, output, type } = link
    linked(graph, { from, output, to: to.node, input: to.input, type })
  })
}

/** Puts a node into a link: its first fitting input and output. Nothing if it has none. */
export function insertIntoLink(place: Place, id: LinkId, node: NodeId): Change[] {
  const link = placeGraph(place).links.get(id)
  if (link === undefined || link.from === node || link.to === node) return []
  const input = inputFor(place, node, { node: link.from, output: link.output })
  const output = outputFor(place, node, { node: link.to, input: link.input })
  if (input === undefined || output === undefined) return []
  return edited(place, (graph) => {
    const held = graph.node(node)
    linked(graph, { from: link.from, output: link.output, to: node, input, type: link.type })
    const type = held === undefined ? link.type : outputType(held, graph.spec(held), output)
    linked(graph, { from: node, output, to: link.to, input: link.input, type })
  })
}
