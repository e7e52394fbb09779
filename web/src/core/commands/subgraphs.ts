/** Making a subgraph of what is selected, and nodes of a subgraph again. */

import type { Change } from '../changes'
import type { Box, Gate, Graph, GraphId, Link, Node, NodeId, Reroute, Socket } from '../document'
import { emptyGraph, graphOf, ROOT, SUBGRAPH_INPUT, SUBGRAPH_OUTPUT } from '../document'
import { goodSize } from '../geometry'
import { bends } from '../paths'
import { freeName, newId } from '../ids'
import { inputType, makeNode, outputType, portFor } from '../nodes'
import { placeGraph, specOf, type Place } from '../place'
import type { Selection } from '../selection'
import { outputOf, portOf, pseudoSpec } from '../virtual'
import { boxOfNodes } from './arrange'
import { Edit, type GraphEdit } from './edit'
export { unpack } from './unpack'

/** Room between the nodes inside and the gates. */
const ASIDE = 100
const GATE = { width: 140, height: 60 }

/** One gate for links that cross the border from one output, or to one input's output. */
interface Crossing {
  readonly gate: Gate
  readonly links: Link[]
  readonly widget: boolean
}

/** Puts the selected nodes into a new subgraph, an instance in their place. */
export function makeSubgraph(place: Place, selection: Selection, name: string): Change[] {
  const edit = new Edit(place)
  const graph = edit.in()
  const nodes = [...selection.nodes].flatMap((id) => graph.node(id) ?? [])
  const box = boxOfNodes(place, selection.nodes)
  if (nodes.length === 0 || box === undefined) return []
  const chosen = new Set(nodes.map((node) => node.id))
  const links = graph.all('link')
  const inner = links.filter((link) => chosen.has(link.from) && chosen.has(link.to))
  const inputs = crossings(
    place,
    links.filter((link) => chosen.has(link.to) && !chosen.has(link.from)),
    'input',
  )
  const outputs = crossings(
    place,
    links.filter((link) => chosen.has(link.from) && !chosen.has(link.to)),
    'output',
  )
  const id = newId()
  const made = definition(edit, { id, name, box, nodes, inner, inputs, outputs }, selection)
  const instance = instanceOf(String(edit.ids.next('node')), id, name, box, inputs, outputs)
  edit.addGraph(made)
  graph.put('node', instance)
  rewire(graph, instance, inputs, outputs)
  for (const node of nodes) graph.removeNode(node.id)
  for (const group of selection.groups) graph.drop('group', group)
  return edit.changes()
}

/** Links by where they come from; the order of the gates is that of the sockets on the canvas. */
function crossings(place: Place, links: readonly Link[], side: 'input' | 'output'): Crossing[] {
  const { nodes } = placeGraph(place)
  const rank = (link: Link): [number, number] => {
    const node = nodes.get(side === 'input' ? link.to : link.from)
    const row =
      side === 'input' ? (node?.inputs.findIndex((one) => one.name === link.input) ?? 0) : link.output
    return [node?.pos.y ?? 0, row]
  }
  const sorted = [...links].sort((a, b) => rank(a)[0] - rank(b)[0] || rank(a)[1] - rank(b)[1] || a.id - b.id)
  const found = new Map<string, Crossing>()
  const names = new Set<string>()
  for (const link of sorted) {
    const key = `${link.from} ${link.output}`
    const known = found.get(key)
    if (known !== undefined) {
      known.links.push(link)
      continue
    }
    const about = side === 'input' ? inputAbout(place, link) : outputAbout(place, link)
    const name = freeName(about.name, names)
    names.add(name)
    found.set(key, {
      gate: { id: newId(), name, type: about.type, raw: {} },
      links: [link],
      widget: about.widget,
    })
  }
  return [...found.values()]
}

interface About {
  readonly name: string
  readonly type: string
  readonly widget: boolean
}

function inputAbout(place: Place, link: Link): About {
  const node = placeGraph(place).nodes.get(link.to) as Node
  const spec = specOf(place, node)
  const socket = node.inputs.find((one) => one.name === link.input)
  const widget = spec !== undefined && (portFor(spec, link.input)?.widget ?? null) !== null
  return { name: socket?.label ?? (link.input || 'input'), type: inputType(node, spec, link.input), widget }
}

function outputAbout(place: Place, link: Link): About {
  const node = placeGraph(place).nodes.get(link.from) as Node
  const socket = node.outputs[link.output]
  const type = outputType(node, specOf(place, node), link.output)
  return {
    name: socket?.label ?? (socket?.name || 'output'),
    type: type === '*' ? link.type : type,
    widget: false,
  }
}

interface Parts {
  readonly id: GraphId
  readonly name: string
  readonly box: Box
  readonly nodes: readonly Node[]
  readonly inner: readonly Link[]
  readonly inputs: readonly Crossing[]
  readonly outputs: readonly Crossing[]
}

function definition(edit: Edit, parts: Parts, selection: Selection): Graph {
  const { box, inner, inputs, outputs } = parts
  const outer = edit.in()
  const links = [...inner]
  inputs.forEach((crossing, slot) => {
    for (const { to, input, type } of crossing.links) {
      links.push({ id: edit.ids.next('link'), from: SUBGRAPH_INPUT, output: slot, to, input, type })
    }
  })
  for (const {
    gate,
    links: [first],
  } of outputs) {
    if (first === undefined) continue
    const { from, output, type } = first
    links.push({ id: edit.ids.next('link'), from, output, to: SUBGRAPH_OUTPUT, input: gate.id, type })
  }
  const reroutes = new Map<number, Reroute>()
  for (const link of inner) for (const bend of bends(outer.graph, link)) reroutes.set(bend.id, bend)
  const groups = [...selection.groups].flatMap((id) => outer.find('group', id) ?? [])
  const y = box.y + box.height / 2 - GATE.height / 2
  return {
    ...emptyGraph(parts.id),
    nodes: new Map(parts.nodes.map((node) => [node.id, node])),
    links: new Map(links.map((link) => [link.id, link])),
    reroutes,
    groups: new Map(groups.map((group) => [group.id, group])),
    facts: {
      name: parts.name,
      inputs: inputs.map(({ gate }) => gate),
      outputs: outputs.map(({ gate }) => gate),
      inputBox: { x: box.x - ASIDE - GATE.width, y, ...GATE },
      outputBox: { x: box.x + box.width + ASIDE, y, ...GATE },
      raw: {},
    },
  }
}

function instanceOf(
  id: NodeId,
  type: GraphId,
  name: string,
  box: Box,
  inputs: readonly Crossing[],
  outputs: readonly Crossing[],
): Node {
  const ports = inputs.map(({ gate }) => portOf(gate.name, gate.type))
  const spec = pseudoSpec(
    type,
    name,
    ports,
    outputs.map(({ gate }) => outputOf(gate.name, gate.type)),
  )
  const node = makeNode(id, spec, { x: 0, y: 0 })
  const { width, height } = goodSize(node, spec)
  const pos = {
    x: Math.round(box.x + (box.width - width) / 2),
    y: Math.round(box.y + (box.height - height) / 2),
  }
  const sockets = node.inputs.map((socket, slot): Socket =>
    inputs[slot]?.widget ? { ...socket, widget: socket.name } : socket,
  )
  return { ...node, pos, inputs: sockets }
}

/** Links that crossed the border now end or begin at the instance. */
function rewire(
  graph: GraphEdit,
  instance: Node,
  inputs: readonly Crossing[],
  outputs: readonly Crossing[],
): void {
  inputs.forEach(({ gate, links }) => {
    const [first, ...others] = links
    if (first === undefined) return
    graph.put('link', { ...first, to: instance.id, input: gate.name })
    for (const link of others) graph.cut(link)
  })
  outputs.forEach(({ links }, slot) => {
    for (const link of links) graph.put('link', { ...link, from: instance.id, output: slot })
  })
}

/** Names a subgraph; all its instances show the name. */
export function renameSubgraph(place: Place, id: GraphId, name: string): Change[] {
  const { facts } = graphOf(place.document, id)
  if (id === ROOT || facts.name === name) return []
  return [{ kind: 'facts', graph: id, before: facts, after: { ...facts, name } }]
}

/** The subgraphs that no instance in the workflow leads to. */
export function unusedGraphs(place: Place): GraphId[] {
  const { graphs } = place.document
  const used = new Set<GraphId>([ROOT])
  for (const id of used) {
    for (const node of graphs.get(id)?.nodes.values() ?? []) if (graphs.has(node.type)) used.add(node.type)
  }
  return [...graphs.keys()].filter((id) => !used.has(id))
}

export function removeUnused(place: Place): Change[] {
  return unusedGraphs(place).map((id) => ({
    kind: 'graph',
    graph: id,
    before: graphOf(place.document, id),
    after: undefined,
  }))
}
