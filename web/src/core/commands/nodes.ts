/** Adding and removing nodes, and changing what one says of itself. */

import type { Change } from '../changes'
import type { Control, Link, Mode, Node, NodeId, Point, Size } from '../document'
import { ALWAYS, BYPASSED, MUTED, ROOT } from '../document'
import { leastSize } from '../geometry'
import { same, without, type Json } from '../json'
import {
  inputType,
  makeNode,
  outputType,
  renamedInputs,
  renewed,
  withNames,
  type Around,
  type Making,
} from '../nodes'
import { placeGraph, specOf, within, type Place } from '../place'
import { fits, type Spec } from '../specs'
import { edited, type GraphEdit } from './edit'

/** The id that the next node gets: to select or link what a command is about to add. */
export function nextNode(place: Place): NodeId {
  return String(place.document.lastNode + 1)
}

/** The ids of the nodes that changes add. */
export function addedNodes(changes: readonly Change[]): NodeId[] {
  return changes.flatMap((change) =>
    change.kind === 'node' && !change.before && change.after ? [change.after.id] : [],
  )
}

export function addNode(place: Place, spec: Spec, pos: Point, making: Making = {}): Change[] {
  return edited(place, (graph) =>
    graph.put('node', makeNode(String(graph.edit.ids.next('node')), spec, pos, making)),
  )
}

/** Removes nodes with their links; with `heal` what they passed on is linked past them. */
export function removeNodes(place: Place, ids: Iterable<NodeId>, heal = false): Change[] {
  return edited(place, (graph) => removed(graph, ids, heal))
}

export function removed(graph: GraphEdit, ids: Iterable<NodeId>, heal: boolean): void {
  const touched = new Set<NodeId>()
  for (const id of ids) {
    const node = graph.node(id)
    if (node === undefined) continue
    const bridges = heal ? bridgesOf(graph, node) : []
    for (const link of graph.from(id)) touched.add(link.to)
    graph.removeNode(id)
    for (const link of bridges) graph.connect(link)
  }
  for (const id of touched) graph.regrow(id)
}

/** Links that take the place of those through a node: each output from the input most like it. */
function bridgesOf(graph: GraphEdit, node: Node): Omit<Link, 'id'>[] {
  const spec = graph.spec(node)
  const incoming = graph.into(node.id).sort((a, b) => place(a) - place(b))
  return graph.from(node.id).flatMap((link) => {
    const wanted = outputType(node, spec, link.output)
    const equal = incoming.filter((one) => inputType(node, spec, one.input) === wanted)
    const source = equal[0] ?? incoming.find((one) => fits(one.type, wanted) && wanted !== '*')
    return source === undefined
      ? []
      : [{ from: source.from, output: source.output, to: link.to, input: link.input, type: source.type }]
  })
  function place(link: Link): number {
    return node.inputs.findIndex((socket) => socket.name === link.input)
  }
}

export function setValue(place: Place, id: NodeId, input: string, value: Json): Change[] {
  return changed(place, [id], (node) => {
    if (Object.hasOwn(node.values, input) && same(node.values[input], value)) return node
    return { ...node, values: { ...node.values, [input]: value } }
  })
}

/** Takes a widget back to its default. */
export function resetValue(place: Place, id: NodeId, input: string): Change[] {
  return changed(place, [id], (node) =>
    Object.hasOwn(node.values, input) ? { ...node, values: without(node.values, input) } : node,
  )
}

export function setControl(place: Place, id: NodeId, input: string, control: Control): Change[] {
  return changed(place, [id], (node) =>
    node.controls[input] === control ? node : { ...node, controls: { ...node.controls, [input]: control } },
  )
}

/** Names a node. What is the only instance of its subgraph names that as well. */
export function setTitle(place: Place, id: NodeId, title: string): Change[] {
  const changes = changed(place, [id], (node) => ({ ...node, title }))
  const type = placeGraph(place).nodes.get(id)?.type ?? ROOT
  const inner = type === ROOT ? undefined : place.document.graphs.get(type)
  if (inner === undefined || title === '' || instancesOf(place, type) > 1) return changes
  const named = { ...inner.facts, name: title }
  return [...changes, { kind: 'facts', graph: type, before: inner.facts, after: named }]
}

function instancesOf({ document }: Place, type: string): number {
  const nodes = [...document.graphs.values()].flatMap((graph) => [...graph.nodes.values()])
  return nodes.filter((node) => node.type === type).length
}

export function setColor(place: Place, ids: Iterable<NodeId>, color: string, background: string): Change[] {
  return changed(place, ids, (node) => ({ ...node, color, background }))
}

/** Mutes or bypasses nodes, or lets them run again if all of them are so already. */
export function toggleMode(
  place: Place,
  ids: Iterable<NodeId>,
  mode: typeof MUTED | typeof BYPASSED,
): Change[] {
  const list = [...ids]
  return setMode(place, list, every(place, list, (node) => node.mode === mode) ? ALWAYS : mode)
}

export function setMode(place: Place, ids: Iterable<NodeId>, mode: Mode): Change[] {
  return changed(place, ids, (node) => ({ ...node, mode }))
}

export function toggleCollapsed(place: Place, ids: Iterable<NodeId>): Change[] {
  const list = [...ids]
  const collapsed = !every(place, list, (node) => node.collapsed)
  return changed(place, list, (node) => ({ ...node, collapsed }))
}

export function togglePinned(place: Place, ids: Iterable<NodeId>): Change[] {
  const list = [...ids]
  const pinned = !every(place, list, (node) => node.pinned)
  return changed(place, list, (node) => ({ ...node, pinned }))
}

/** Gives a node a size, not below what it needs. `pos` moves too when a left or upper edge is drawn. */
export function resize(place: Place, id: NodeId, size: Size, pos?: Point): Change[] {
  return changed(place, [id], (node) => {
    const least = leastSize(node, specOf(place, node))
    const width = Math.round(Math.max(size.width, least.width))
    const height = Math.round(Math.max(size.height, least.height))
    return { ...node, size: { width, height }, pos: pos ?? node.pos }
  })
}

/** Brings every node in step with its class: after packs were installed, updated or removed. */
export function renewAll(place: Place): Change[] {
  return [...place.document.graphs.keys()].flatMap((id) => {
    const here = within(place, id)
    return renewNodes(here, placeGraph(here).nodes.keys())
  })
}

export function renewNodes(place: Place, ids: Iterable<NodeId>): Change[] {
  return edited(place, (graph) => {
    for (const id of ids) {
      const node = graph.node(id)
      const spec = node && graph.spec(node)
      if (node === undefined || spec === undefined) continue
      const names = renamedInputs(node, spec)
      for (const link of graph.into(id)) {
        const input = names.get(link.input)
        if (input !== undefined) graph.put('link', { ...link, input })
      }
      const after = renewed(withNames(node, names), spec, linksAround(graph, id))
      if (!sameNode(node, after)) graph.put('node', after)
      graph.regrow(id)
    }
  })
}

function linksAround(graph: GraphEdit, id: NodeId): Around {
  return { into: graph.into(id), from: graph.from(id) }
}

function every(place: Place, ids: readonly NodeId[], holds: (node: Node) => boolean): boolean {
  const nodes = placeGraph(place).nodes
  return ids.flatMap((id) => nodes.get(id) ?? []).every(holds)
}

/** The nodes that something turns into others; those that stay what they were are no change. */
export function changed(place: Place, ids: Iterable<NodeId>, turn: (node: Node) => Node): Change[] {
  const graph = placeGraph(place)
  const changes: Change[] = []
  for (const id of new Set(ids)) {
    const before = graph.nodes.get(id)
    if (before === undefined) continue
    const after = turn(before)
    if (after !== before && !sameNode(before, after))
      changes.push({ kind: 'node', graph: graph.id, before, after })
  }
  return changes
}

function sameNode(a: Node, b: Node): boolean {
  return (Object.keys(b) as (keyof Node)[]).every(
    (key) => a[key] === b[key] || same(a[key] as Json, b[key] as Json),
  )
}
