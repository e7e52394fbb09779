/** What a screen reader is to say, as ids of sentences and what they speak of. */

import type { Graph, Link, Node, NodeId } from './document'
import { BYPASSED, MUTED, SUBGRAPH_INPUT, SUBGRAPH_OUTPUT } from './document'
import { compact } from './format/text'
import { bare } from './format/shapes'
import { linkInto, linksFrom, linksInto } from './links'
import { inputType, isStaleInput, outputType, portFor } from './nodes'
import { placeGraph, specOf, type Place } from './place'
import type { Selection } from './selection'
import { effective } from './specs'

/** One sentence: `describe.node` and so on, with its numbers and names. */
export interface Phrase {
  readonly key: string
  readonly params: { readonly [name: string]: string | number }
}

function phrase(key: string, params: Phrase['params'] = {}): Phrase {
  return { key: `describe.${key}`, params }
}

export function titleOf(place: Place, node: Node): string {
  return node.title || specOf(place, node)?.title || node.type
}

/** `describe.node {title, kind}`, `describe.inputs {linked, count}`, `describe.outputs {…}`, and its state. */
export function describeNode(place: Place, id: NodeId): Phrase[] {
  const graph = placeGraph(place)
  const node = graph.nodes.get(id)
  if (node === undefined) return []
  const spec = specOf(place, node)
  const sockets = node.inputs.filter(
    (socket) => socket.widget === undefined || linkInto(graph, id, socket.name),
  )
  const linked = new Set(linksInto(graph, id).map((link) => link.input)).size
  const used = new Set(linksFrom(graph, id).map((link) => link.output)).size
  return [
    phrase('node', { title: titleOf(place, node), kind: spec?.title ?? node.type }),
    phrase('inputs', { linked, count: sockets.length }),
    phrase('outputs', { linked: used, count: node.outputs.length }),
    ...(spec === undefined ? [phrase('unknown', { type: node.type })] : []),
    ...(node.mode === MUTED ? [phrase('muted')] : []),
    ...(node.mode === BYPASSED ? [phrase('bypassed')] : []),
    ...(node.collapsed ? [phrase('collapsed')] : []),
    ...(node.pinned ? [phrase('pinned')] : []),
    ...(node.inputs.some((socket) => isStaleInput(spec, socket.name)) ? [phrase('stale')] : []),
  ]
}

/** `describe.input {name, type}`, then what it is linked to, its value, or that it is free. */
export function describeInput(place: Place, id: NodeId, input: string): Phrase[] {
  const graph = placeGraph(place)
  const node = graph.nodes.get(id)
  if (node === undefined) return []
  const spec = specOf(place, node)
  const port = spec && portFor(spec, input)
  const label = node.inputs.find((socket) => socket.name === input)?.label ?? bare(input)
  const link = linkInto(graph, id, input)
  const state = link
    ? phrase('from', startOf(place, graph, link))
    : port?.widget
      ? phrase('value', { value: short(compact(effective(node, port))) })
      : phrase(port?.required ? 'needed' : 'free')
  return [phrase('input', { name: label, type: inputType(node, spec, input) }), state]
}

export function describeOutput(place: Place, id: NodeId, output: number): Phrase[] {
  const graph = placeGraph(place)
  const node = graph.nodes.get(id)
  if (node === undefined) return []
  const socket = node.outputs[output]
  const links = linksFrom(graph, id).filter((link) => link.output === output)
  const first = links[0]
  const state =
    first === undefined
      ? phrase('free')
      : links.length === 1
        ? phrase('to', endOf(place, graph, first))
        : phrase('to_many', { count: links.length })
  const type = outputType(node, specOf(place, node), output)
  return [phrase('output', { name: socket?.label ?? bare(socket?.name ?? ''), type }), state]
}

export function describeLink(place: Place, link: Link): Phrase {
  const graph = placeGraph(place)
  const [start, end] = [startOf(place, graph, link), endOf(place, graph, link)]
  return phrase('link', {
    from: start.title,
    output: start.name,
    to: end.title,
    input: end.name,
    type: link.type,
  })
}

interface End {
  readonly [name: string]: string
  readonly title: string
  readonly name: string
}

/** A link's start; a subgraph's own gates have the subgraph's name as title. */
function startOf(place: Place, graph: Graph, link: Link): End {
  if (link.from === SUBGRAPH_INPUT)
    return { title: graph.facts.name, name: graph.facts.inputs[link.output]?.name ?? '' }
  const node = graph.nodes.get(link.from)
  const socket = node?.outputs[link.output]
  return { title: node ? titleOf(place, node) : link.from, name: socket?.label ?? bare(socket?.name ?? '') }
}

function endOf(place: Place, graph: Graph, link: Link): End {
  if (link.to === SUBGRAPH_OUTPUT) {
    const gate = graph.facts.outputs.find((one) => one.id === link.input)
    return { title: graph.facts.name, name: gate?.name ?? '' }
  }
  const node = graph.nodes.get(link.to)
  const socket = node?.inputs.find((one) => one.name === link.input)
  return { title: node ? titleOf(place, node) : link.to, name: socket?.label ?? bare(link.input) }
}

export function describeGraph(place: Place): Phrase {
  const graph = placeGraph(place)
  const counts = { nodes: graph.nodes.size, links: graph.links.size, groups: graph.groups.size }
  return graph.id === ''
    ? phrase('workflow', counts)
    : phrase('subgraph', { name: graph.facts.name, ...counts })
}

export function describeSelection(place: Place, selection: Selection): Phrase[] {
  const [only, ...others] = selection.nodes
  if (only !== undefined && others.length === 0) return describeNode(place, only)
  const { nodes, links, groups, reroutes } = selection
  return [
    phrase('selected', {
      nodes: nodes.size,
      links: links.size,
      groups: groups.size,
      reroutes: reroutes.size,
    }),
  ]
}

/** Longer texts are not read out whole. */
const MOST = 120

function short(text: string): string {
  const plain = text.startsWith('"') ? (JSON.parse(text) as string) : text
  return plain.length > MOST ? `${plain.slice(0, MOST)}…` : plain
}
