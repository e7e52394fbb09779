/** A subgraph's gates, kept in step with every instance; `place.graph` is the subgraph itself. */

import type { Change } from '../changes'
import type { Gate, Graph, Link, Node, NodeId, Socket } from '../document'
import { SUBGRAPH_INPUT, SUBGRAPH_OUTPUT } from '../document'
import { freeName, newId } from '../ids'
import { isList, isObject, type Json, type JsonObject } from '../json'
import { linksFrom } from '../links'
import { inputType, portFor } from '../nodes'
import { placeGraph, specOf, type Place } from '../place'
import { Edit, type GraphEdit } from './edit'
import { linked, typeOfOutput, type InputEnd, type OutputEnd } from './links'

export type GateSide = 'input' | 'output'

export function addGate(place: Place, side: GateSide, name: string, type: string): Change[] {
  return withGates(place, side, (gates) => [...gates, freshGate(gates, name, type)])
}

export function renameGate(place: Place, side: GateSide, id: string, name: string): Change[] {
  return withGates(place, side, (gates) => {
    const others = new Set(gates.filter((gate) => gate.id !== id).map((gate) => gate.name))
    return gates.map((gate) => (gate.id === id ? { ...gate, name: freeName(name, others) } : gate))
  })
}

/** Removes a gate, with the links inside and outside that went through it. */
export function removeGate(place: Place, side: GateSide, id: string): Change[] {
  return withGates(place, side, (gates) => gates.filter((gate) => gate.id !== id))
}

/** Puts a gate to another place in the row. */
export function moveGate(place: Place, side: GateSide, id: string, index: number): Change[] {
  return withGates(place, side, (gates) => {
    const moved = gates.filter((gate) => gate.id === id)
    const rest = gates.filter((gate) => gate.id !== id)
    return [...rest.slice(0, index), ...moved, ...rest.slice(index)]
  })
}

/** Makes a gate for an input inside and links it there. Of a widget: it is then shown outside. */
export function gateTo(place: Place, end: InputEnd, name?: string): Change[] {
  const graph = placeGraph(place)
  const node = graph.nodes.get(end.node)
  if (node === undefined) return []
  const spec = specOf(place, node)
  const type = inputType(node, spec, end.input)
  const gates = graph.facts.inputs
  const gate = freshGate(
    gates,
    name ?? node.inputs.find((one) => one.name === end.input)?.label ?? end.input,
    type,
  )
  const widget = spec ? portFor(spec, end.input)?.widget : null
  const edit = new Edit(place)
  setGates(edit, 'input', [...gates, gate], widget ? new Set([gate.id]) : new Set())
  linked(edit.in(), { from: SUBGRAPH_INPUT, output: gates.length, to: end.node, input: end.input, type })
  return edit.changes()
}

/** Makes a gate for an output inside and links it there. */
export function gateFrom(place: Place, end: OutputEnd, name?: string): Change[] {
  const graph = placeGraph(place)
  const type = typeOfOutput(place, end)
  if (type === undefined || end.node === SUBGRAPH_INPUT) return []
  const gates = graph.facts.outputs
  const gate = freshGate(
    gates,
    name ?? graph.nodes.get(end.node)?.outputs[end.output]?.name ?? type.toLowerCase(),
    type,
  )
  const edit = new Edit(place)
  setGates(edit, 'output', [...gates, gate])
  edit.in().connect({ from: end.node, output: end.output, to: SUBGRAPH_OUTPUT, input: gate.id, type })
  return edit.changes()
}

/** Shows a widget of a node inside on the subgraph's instances. */
export function promote(place: Place, node: NodeId, input: string): Change[] {
  return isPromoted(place, node, input) ? [] : gateTo(place, { node, input })
}

export function isPromoted(place: Place, node: NodeId, input: string): boolean {
  return gateOf(placeGraph(place), node, input) !== undefined
}

function gateOf(graph: Graph, node: NodeId, input: string): Link | undefined {
  return linksFrom(graph, SUBGRAPH_INPUT).find((link) => link.to === node && link.input === input)
}

/** Shows a widget no more. If there is but one instance, the value given there goes inside. */
export function unpromote(place: Place, node: NodeId, input: string): Change[] {
  const graph = placeGraph(place)
  const link = gateOf(graph, node, input)
  const gate = link && graph.facts.inputs[link.output]
  if (link === undefined || gate === undefined) return []
  const edit = new Edit(place)
  const [only, ...others] = instancesOf(place, graph.id)
  const value = only && others.length === 0 ? only.node.values[gate.name] : undefined
  const held = edit.in().node(node)
  if (value !== undefined && held)
    edit.in().put('node', { ...held, values: { ...held.values, [input]: value } })
  if (linksFrom(graph, SUBGRAPH_INPUT).filter((one) => one.output === link.output).length > 1)
    edit.in().cut(link)
  else
    setGates(
      edit,
      'input',
      graph.facts.inputs.filter((one) => one !== gate),
    )
  return edit.changes()
}

export interface Instance {
  readonly graph: Graph
  readonly node: Node
}

/** Every node of the document that stands for a subgraph. */
export function instancesOf(place: Place, id: Graph['id']): Instance[] {
  return [...place.document.graphs.values()].flatMap((graph) =>
    [...graph.nodes.values()].filter((node) => node.type === id).map((node) => ({ graph, node })),
  )
}

function freshGate(gates: readonly Gate[], name: string, type: string): Gate {
  const taken = new Set(gates.map((gate) => gate.name))
  return { id: newId(), name: freeName(name || type.toLowerCase(), taken), type, raw: {} }
}

function withGates(
  place: Place,
  side: GateSide,
  turn: (gates: readonly Gate[]) => readonly Gate[],
): Change[] {
  const { facts } = placeGraph(place)
  const edit = new Edit(place)
  setGates(edit, side, turn(side === 'input' ? facts.inputs : facts.outputs))
  return edit.changes()
}

/** Gives the subgraph these gates: inside and at every instance links, sockets and values follow. */
function setGates(
  edit: Edit,
  side: GateSide,
  gates: readonly Gate[],
  widgets: ReadonlySet<string> = new Set(),
): void {
  const inside = edit.in()
  const before = side === 'input' ? inside.facts.inputs : inside.facts.outputs
  const slots = before.map((gate) => gates.findIndex((one) => one.id === gate.id))
  const instances = instancesOf(edit.place, edit.place.graph)
  if (side === 'input') {
    inside.setFacts({ ...inside.facts, inputs: gates })
    moveStarts(inside, SUBGRAPH_INPUT, slots)
    for (const { graph, node } of instances) moveInputs(edit.in(graph.id), node, before, gates, widgets)
    return
  }
  inside.setFacts({ ...inside.facts, outputs: gates })
  const ids = new Set(gates.map((gate) => gate.id))
  for (const link of inside.into(SUBGRAPH_OUTPUT)) if (!ids.has(link.input)) inside.cut(link)
  for (const { graph, node } of instances) {
    const outside = edit.in(graph.id)
    moveStarts(outside, node.id, slots)
    const outputs = gates.map((gate) =>
      renamed(node.outputs[before.findIndex((one) => one.id === gate.id)], gate),
    )
    outside.update(node.id, { outputs })
  }
}

/** Links follow outputs that moved from place to place; -1: it is gone. */
function moveStarts(graph: GraphEdit, from: NodeId, slots: readonly number[]): void {
  for (const link of graph.from(from)) {
    const output = slots[link.output] ?? -1
    if (output < 0) graph.cut(link)
    else if (output !== link.output) graph.put('link', { ...link, output })
    if (output < 0) graph.regrow(link.to)
  }
}

function moveInputs(
  graph: GraphEdit,
  node: Node,
  before: readonly Gate[],
  gates: readonly Gate[],
  widgets: ReadonlySet<string>,
): void {
  const now = new Map(gates.map((gate) => [gate.id, gate.name]))
  const names = new Map(before.map((gate) => [gate.name, now.get(gate.id)]))
  for (const link of graph.into(node.id)) {
    const name = names.has(link.input) ? names.get(link.input) : link.input
    if (name === undefined) graph.cut(link)
    else if (name !== link.input) graph.put('link', { ...link, input: name })
  }
  const inputs = gates.map((gate) => {
    const old = before.find((one) => one.id === gate.id)
    const socket = renamed(
      node.inputs.find((one) => one.name === old?.name),
      gate,
    )
    return widgets.has(gate.id) || socket.widget !== undefined ? { ...socket, widget: gate.name } : socket
  })
  const loose = node.inputs.filter((socket) => !names.has(socket.name))
  const current = graph.node(node.id) ?? node
  const [values, controls] = [rekeyed(current.values, names), rekeyed(current.controls, names)]
  graph.put('node', {
    ...current,
    inputs: [...inputs, ...loose],
    values,
    controls,
    raw: rewidgeted(current.raw, names),
  })
}

function renamed(socket: Socket | undefined, gate: Gate): Socket {
  return { ...socket, name: gate.name, type: gate.type }
}

function rekeyed<T>(
  held: { readonly [name: string]: T },
  names: ReadonlyMap<string, string | undefined>,
): { [name: string]: T } {
  return Object.fromEntries(
    Object.entries(held).flatMap(([name, value]) => {
      const key = names.has(name) ? names.get(name) : name
      return key === undefined ? [] : [[key, value]]
    }),
  )
}

/** The file's list of an instance's widgets, with gates by their new names. */
function rewidgeted(raw: JsonObject, names: ReadonlyMap<string, string | undefined>): JsonObject {
  const properties = raw.properties
  if (!isObject(properties) || !isList(properties.proxyWidgets)) return raw
  const proxyWidgets = properties.proxyWidgets.flatMap((entry): Json[] => {
    if (!isList(entry) || String(entry[0]) !== '-1' || !names.has(String(entry[1]))) return [entry]
    const name = names.get(String(entry[1]))
    return name === undefined ? [] : [[entry[0] as Json, name, ...entry.slice(2)]]
  })
  return { ...raw, properties: { ...properties, proxyWidgets } }
}
