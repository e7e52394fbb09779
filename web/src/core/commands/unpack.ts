/** Nodes of a subgraph in the place of its instance. */

import type { Change } from '../changes'
import type { Graph, Node, NodeId, Point } from '../document'
import { ALWAYS, ROOT, SUBGRAPH_INPUT, SUBGRAPH_OUTPUT } from '../document'
import { bends } from '../paths'
import { within, type Place } from '../place'
import { boxOfNodes } from './arrange'
import { Edit, type GraphEdit } from './edit'
import { instancesOf } from './gates'
import { joined } from './links'

/** Puts a subgraph's nodes in an instance's place. Its definition goes with the last instance. */
export function unpack(place: Place, id: NodeId): Change[] {
  const edit = new Edit(place)
  const graph = edit.in()
  const instance = graph.node(id)
  const inside = instance && place.document.graphs.get(instance.type)
  if (instance === undefined || inside === undefined || inside.id === ROOT) return []
  const ids = new Map([...inside.nodes.keys()].map((inner) => [inner, freeId(graph, inner)]))
  placeNodes(place, graph, instance, inside, ids)
  const reroutes = placeLinks(graph, inside, ids)
  placeBends(graph, inside, reroutes, shift(place, instance, inside))
  joinInputs(graph, instance, inside, ids)
  joinOutputs(graph, instance, inside, ids)
  graph.removeNode(id)
  for (const node of ids.values()) graph.regrow(node)
  if (instancesOf(place, inside.id).length === 1) edit.dropGraph(inside.id)
  return edit.changes()
}

/** Inner nodes keep their ids where these are free. */
function freeId(graph: GraphEdit, id: NodeId): NodeId {
  return graph.node(id) === undefined && !graph.graph.nodes.has(id) ? id : String(graph.edit.ids.next('node'))
}

function shift(place: Place, instance: Node, inside: Graph): Point {
  const box = boxOfNodes(within(place, inside.id), inside.nodes.keys())
  if (box === undefined) return { x: 0, y: 0 }
  const middle = { x: instance.pos.x + instance.size.width / 2, y: instance.pos.y + instance.size.height / 2 }
  return { x: Math.round(middle.x - box.x - box.width / 2), y: Math.round(middle.y - box.y - box.height / 2) }
}

function placeNodes(
  place: Place,
  graph: GraphEdit,
  instance: Node,
  inside: Graph,
  ids: ReadonlyMap<NodeId, NodeId>,
): void {
  const by = shift(place, instance, inside)
  for (const node of inside.nodes.values()) {
    const pos = { x: node.pos.x + by.x, y: node.pos.y + by.y }
    const mode = node.mode === ALWAYS ? instance.mode : node.mode
    const values = { ...node.values, ...givenTo(instance, inside, node.id) }
    graph.put('node', { ...node, id: ids.get(node.id) ?? node.id, pos, mode, values })
  }
  for (const group of inside.groups.values()) {
    const box = { ...group.box, x: group.box.x + by.x, y: group.box.y + by.y }
    const id = graph.find('group', group.id) === undefined ? group.id : graph.edit.ids.next('group')
    graph.put('group', { ...group, id, box })
  }
}

/** The values that an instance gives to a node inside. */
function givenTo(instance: Node, inside: Graph, node: NodeId): { [name: string]: Node['values'][string] } {
  const given: { [name: string]: Node['values'][string] } = {}
  for (const link of inside.links.values()) {
    const gate =
      link.from === SUBGRAPH_INPUT && link.to === node ? inside.facts.inputs[link.output] : undefined
    const value = gate && instance.values[gate.name]
    if (value !== undefined) given[link.input] = value
  }
  for (const [name, value] of Object.entries(instance.values)) {
    if (name.startsWith(`${node}:`)) given[name.slice(node.length + 1)] = value
  }
  return given
}

function placeLinks(
  graph: GraphEdit,
  inside: Graph,
  ids: ReadonlyMap<NodeId, NodeId>,
): ReadonlyMap<number, number> {
  const reroutes = new Map<number, number>()
  for (const link of inside.links.values()) {
    const [from, to] = [ids.get(link.from), ids.get(link.to)]
    if (from === undefined || to === undefined) continue
    for (const bend of bends(inside, link)) {
      const free = graph.find('reroute', bend.id) === undefined
      if (!reroutes.has(bend.id)) reroutes.set(bend.id, free ? bend.id : graph.edit.ids.next('reroute'))
    }
    const free = graph.find('link', link.id) === undefined && !graph.graph.links.has(link.id)
    const { reroute, ...rest } = link
    const hung = reroute === undefined ? undefined : reroutes.get(reroute)
    const id = free ? link.id : graph.edit.ids.next('link')
    graph.put('link', { ...rest, id, from, to, ...(hung === undefined ? {} : { reroute: hung }) })
  }
  return reroutes
}

function placeBends(graph: GraphEdit, inside: Graph, ids: ReadonlyMap<number, number>, by: Point): void {
  for (const [old, id] of ids) {
    const bend = inside.reroutes.get(old)
    if (bend === undefined) continue
    const { parent, ...rest } = bend
    const pos = { x: bend.pos.x + by.x, y: bend.pos.y + by.y }
    const hung = parent === undefined ? undefined : ids.get(parent)
    graph.put('reroute', { ...rest, id, pos, ...(hung === undefined ? {} : { parent: hung }) })
  }
}

function joinInputs(graph: GraphEdit, instance: Node, inside: Graph, ids: ReadonlyMap<NodeId, NodeId>): void {
  const outer = new Map(graph.into(instance.id).map((link) => [link.input, link]))
  for (const link of inside.links.values()) {
    const gate = link.from === SUBGRAPH_INPUT ? inside.facts.inputs[link.output] : undefined
    const given = gate && outer.get(gate.name)
    const to = ids.get(link.to)
    if (given === undefined || to === undefined) continue
    const { from, output, type, reroute } = given
    const hung = reroute === undefined ? {} : { reroute }
    joined(graph, { from, output, to, input: link.input, type, ...hung })
  }
}

function joinOutputs(
  graph: GraphEdit,
  instance: Node,
  inside: Graph,
  ids: ReadonlyMap<NodeId, NodeId>,
): void {
  const outer = new Map(graph.into(instance.id).map((link) => [link.input, link]))
  for (const link of graph.from(instance.id)) {
    const gate = inside.facts.outputs[link.output]
    const inner = [...inside.links.values()].find(
      (one) => one.to === SUBGRAPH_OUTPUT && one.input === gate?.id,
    )
    const passed =
      inner?.from === SUBGRAPH_INPUT ? outer.get(inside.facts.inputs[inner.output]?.name ?? '') : undefined
    const from = passed?.from ?? (inner && ids.get(inner.from))
    const output = passed?.output ?? inner?.output
    if (from !== undefined && output !== undefined) graph.put('link', { ...link, from, output })
  }
}
