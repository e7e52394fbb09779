/** Another class in a node's place. */

import type { Change } from '../changes'
import type { Link, Node, NodeId } from '../document'
import { goodSize } from '../geometry'
import type { Json } from '../json'
import { makeNode, outputType } from '../nodes'
import { placeGraph, specOf, type Place } from '../place'
import { fits, type Port, type Spec } from '../specs'
import { edited, type GraphEdit } from './edit'
import { joined } from './links'

/** The classes that could take a node's place without losing one of its links, the most alike first. */
export function swaps(place: Place, id: NodeId): Spec[] {
  const node = placeGraph(place).nodes.get(id)
  if (node === undefined) return []
  const links = [...placeGraph(place).links.values()]
  const into = links.filter((link) => link.to === id)
  const from = links.filter((link) => link.from === id)
  if (into.length + from.length === 0) return []
  const fitting = place.specs.all.filter((spec) => {
    if (spec.name === node.type || spec.deprecated !== '') return false
    const { inputs, outputs } = matched(node, specOf(place, node), spec, into, from)
    return inputs.size === into.length && from.every((link) => outputs.has(link.output))
  })
  const own = new Set(specOf(place, node)?.inputs.map((port) => port.name))
  const alike = (spec: Spec) => spec.inputs.filter((port) => own.has(port.name)).length
  return fitting.sort((a, b) => alike(b) - alike(a) || (a.title < b.title ? -1 : 1))
}

/** Puts another class in a node's place: links and values stay by name, else by type. */
export function swap(place: Place, id: NodeId, spec: Spec): Change[] {
  return edited(place, (graph) => {
    const node = graph.node(id)
    if (node === undefined) return
    const [into, from] = [graph.into(id), graph.from(id)]
    const { inputs, outputs } = matched(node, graph.spec(node), spec, into, from)
    const made = makeNode(id, spec, node.pos, {
      title: node.title,
      values: valuesFor(node, graph.spec(node), spec),
    })
    const { mode, collapsed, pinned, color, background } = node
    const good = goodSize(made, spec)
    const size = { width: Math.max(node.size.width, good.width), height: good.height }
    graph.removeNode(id)
    graph.put('node', { ...made, mode, collapsed, pinned, color, background, size })
    for (const link of into) relink(graph, link, id, inputs.get(link.input))
    graph.regrow(id)
    for (const link of from) {
      const output = outputs.get(link.output)
      if (output === undefined) continue
      graph.connect({ ...without(link), output, type: spec.outputs[output]?.type ?? link.type })
      graph.regrow(link.to)
    }
  })
}

function relink(graph: GraphEdit, link: Link, to: NodeId, input: string | undefined): void {
  if (input !== undefined) joined(graph, { ...without(link), to, input })
}

function without(link: Link): Omit<Link, 'id'> {
  const { from, output, to, input, type } = link
  return { from, output, to, input, type }
}

interface Matched {
  readonly inputs: ReadonlyMap<string, string>
  readonly outputs: ReadonlyMap<number, number>
}

function matched(
  node: Node,
  old: Spec | undefined,
  spec: Spec,
  into: readonly Link[],
  from: readonly Link[],
): Matched {
  const inputs = new Map<string, string>()
  const taken = new Set<string>()
  const take = (link: Link, port: Port | undefined) => {
    if (port === undefined) return
    const times = [...taken].filter((name) => name === port.name || name.startsWith(`${port.name}.`)).length
    if (times > 0 && !port.many) return
    const name = times === 0 ? port.name : `${port.name}.${times + 1}`
    taken.add(name)
    inputs.set(link.input, name)
  }
  for (const link of into)
    take(
      link,
      spec.inputs.find((port) => port.name === link.input && fits(link.type, port.type)),
    )
  for (const link of into) {
    if (inputs.has(link.input)) continue
    const free = spec.inputs.filter(
      (port) => fits(link.type, port.type) && (port.many || !taken.has(port.name)),
    )
    take(link, free.find((port) => port.type === link.type) ?? free.find((port) => port.widget === null))
  }
  const outputs = new Map<number, number>()
  for (const link of from) {
    if (outputs.has(link.output)) continue
    const output = outputFor(node, old, spec, link, new Set(outputs.values()))
    if (output !== undefined) outputs.set(link.output, output)
  }
  return { inputs, outputs }
}

function outputFor(
  node: Node,
  old: Spec | undefined,
  spec: Spec,
  link: Link,
  taken: ReadonlySet<number>,
): number | undefined {
  const type = outputType(node, old, link.output)
  const name = node.outputs[link.output]?.name
  const fitting = spec.outputs
    .map((_, index) => index)
    .filter((index) => fits(spec.outputs[index]?.type ?? '', type))
  const named = fitting.find((index) => spec.outputs[index]?.name === name)
  return named ?? fitting.find((index) => !taken.has(index)) ?? fitting[0]
}

/** Values by name where the widget is of the same kind, others by type in their order. */
function valuesFor(node: Node, old: Spec | undefined, spec: Spec): { [name: string]: Json } {
  const values: { [name: string]: Json } = {}
  const alike = (a: Port, b: Port) => a.type === b.type && a.widget?.kind === b.widget?.kind
  const given = (old?.inputs ?? []).filter((port) => Object.hasOwn(node.values, port.name))
  const used = new Set<Port>()
  for (const port of spec.inputs.filter((one) => one.widget !== null)) {
    const own = given.find((one) => one.name === port.name && alike(one, port))
    if (own !== undefined) used.add(own)
    if (own !== undefined) values[port.name] = node.values[own.name] as Json
  }
  for (const port of spec.inputs.filter((one) => one.widget !== null && !Object.hasOwn(values, one.name))) {
    const like = given.find((one) => !used.has(one) && alike(one, port) && port.widget?.kind === 'text')
    if (like === undefined) continue
    used.add(like)
    values[port.name] = node.values[like.name] as Json
  }
  return values
}
