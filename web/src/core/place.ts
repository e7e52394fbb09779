/** Where a command works, and what is known of the nodes there: of classes, subgraphs and our own. */

import type { Document, Gate, Graph, GraphId, Node, NodeId } from './document'
import { graphOf, PRIMITIVE, SUBGRAPH_INPUT, valueOf } from './document'
import { isObject } from './json'
import { linksFrom } from './links'
import { ANY, effective, type Port, type Spec, type Specs } from './specs'
import { outputOf, portOf, pseudoSpec, VIRTUAL_SPECS } from './virtual'

export interface Place {
  readonly document: Document
  readonly graph: GraphId
  readonly specs: Specs
}

/** A widget of a node inside that a subgraph's instance shows, by the name of its value there. */
export interface Proxy {
  readonly name: string
  /** '-1': the instance's own input `widget`. */
  readonly node: NodeId
  readonly widget: string
}

/** What is known of a node: its class, the subgraph it stands for, or one of the editor's own. */
export function specOf(place: Place, node: Node): Spec | undefined {
  if (place.document.graphs.has(node.type) && node.type !== '') return instanceSpec(place, node)
  if (node.type === PRIMITIVE) return primitiveSpec(place, node)
  return VIRTUAL_SPECS.get(node.type) ?? place.specs.find(node.type)
}

export function placeGraph(place: Place): Graph {
  return graphOf(place.document, place.graph)
}

export function within(place: Place, graph: GraphId): Place {
  return { ...place, graph }
}

/** The widgets that the file says an instance shows: `[inner id, widget, …]` entries. */
export function proxiesOf(node: Node): Proxy[] {
  const properties = node.raw.properties
  let listed: unknown = isObject(properties) ? properties.proxyWidgets : undefined
  if (typeof listed === 'string') listed = parsed(listed)
  if (!Array.isArray(listed)) return []
  return listed.flatMap((entry: unknown) => {
    if (!Array.isArray(entry) || entry.length < 2 || typeof entry[1] !== 'string') return []
    const [inner, widget] = [String(entry[0]), entry[1]]
    return [{ name: inner === '-1' ? widget : `${inner}:${widget}`, node: inner, widget }]
  })
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

interface Known {
  readonly specs: Specs
  readonly seen: readonly Graph[]
  readonly spec: Spec
}

const instances = new WeakMap<Graph, Known>()

function instanceSpec(place: Place, node: Node): Spec {
  const definition = graphOf(place.document, node.type)
  const proxies = proxiesOf(node).filter((proxy) => proxy.node !== '-1')
  const spec = knownSpec(place, definition)
  if (proxies.length === 0) return spec
  return { ...spec, inputs: [...spec.inputs, ...proxies.map((proxy) => proxyPort(place, definition, proxy))] }
}

function knownSpec(place: Place, definition: Graph): Spec {
  const known = instances.get(definition)
  const fresh = known?.seen.every((graph) => place.document.graphs.get(graph.id) === graph) ?? false
  if (known !== undefined && fresh && known.specs === place.specs) return known.spec
  const trail = { path: [], seen: new Set([definition]) }
  const spec = gatedSpec(place, definition, trail)
  instances.set(definition, { specs: place.specs, seen: [...trail.seen], spec })
  return spec
}

/** The graphs that one is inside of, so as not to go round in circles, and all that were looked at. */
interface Trail {
  readonly path: readonly Graph[]
  readonly seen: Set<Graph>
}

/** A subgraph's gates as ports; one that leads to a widget inside shows that. */
function gatedSpec(place: Place, definition: Graph, trail: Trail): Spec {
  const { name, inputs, outputs } = definition.facts
  const ports = inputs.map((gate, slot) => {
    const inner = widgetBehind(within(place, definition.id), slot, trail)
    const plain = portOf(gate.name, gate.type)
    return inner === undefined
      ? plain
      : { ...plain, doc: inner.doc, widget: inner.widget, default: inner.default }
  })
  const given = outputs.map((gate: Gate) => outputOf(gate.name, gate.type))
  return pseudoSpec(definition.id, name, ports, given)
}

/** The port of the first widget that a subgraph's input leads to, its present value as default. */
function widgetBehind(place: Place, slot: number, trail: Trail): Port | undefined {
  const graph = placeGraph(place)
  if (trail.path.includes(graph)) return undefined
  trail.seen.add(graph)
  const further = { path: [...trail.path, graph], seen: trail.seen }
  for (const link of linksFrom(graph, SUBGRAPH_INPUT)) {
    const node = link.output === slot ? graph.nodes.get(link.to) : undefined
    const port = node && innerPort(place, node, link.input, further)
    if (port?.widget) return port
  }
  return undefined
}

function innerPort(place: Place, node: Node, input: string, trail: Trail): Port | undefined {
  const definition = node.type === '' ? undefined : place.document.graphs.get(node.type)
  if (definition === undefined) {
    const port = specOf(place, node)?.inputs.find((one) => one.name === input)
    return port && { ...port, default: effective(node, port) }
  }
  const slot = definition.facts.inputs.findIndex((gate) => gate.name === input)
  const port = widgetBehind(within(place, definition.id), slot, trail)
  return port && { ...port, default: valueOf(node, input) ?? port.default }
}

function proxyPort(place: Place, definition: Graph, proxy: Proxy): Port {
  const inner = definition.nodes.get(proxy.node.split(':')[0] ?? '')
  const port =
    inner && innerPort(within(place, definition.id), inner, proxy.widget, { path: [], seen: new Set() })
  return { ...(port ?? portOf(proxy.widget, ANY)), name: proxy.name }
}

/** A primitive shows the widget of what it feeds. */
function primitiveSpec(place: Place, node: Node): Spec {
  const graph = placeGraph(place)
  for (const link of linksFrom(graph, node.id)) {
    const target = graph.nodes.get(link.to)
    if (target === undefined || target.type === PRIMITIVE) continue
    const port = specOf(place, target)?.inputs.find((one) => one.name === link.input)
    if (!port?.widget) continue
    const value = portOf('value', port.type, { widget: port.widget, default: port.default })
    return pseudoSpec(PRIMITIVE, 'Primitive', [value], [outputOf(port.name, port.type)])
  }
  return VIRTUAL_SPECS.get(PRIMITIVE) as Spec
}
