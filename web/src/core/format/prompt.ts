/** A prompt (API format) drawn in columns, for pasting one; files are drawn better by the server. */

import type { Document, Link, Node, NodeId } from '../document'
import { emptyDocument, emptyGraph, ROOT } from '../document'
import { nodeBox } from '../geometry'
import { isList, isObject, type Json, type JsonObject } from '../json'
import { makeNode, outputType, portFor, socketOf } from '../nodes'
import type { Spec, Specs } from '../specs'
import { pseudoSpec } from '../virtual'
import { identity, objectOf, textOf, wholeOf } from './shapes'

const ACROSS = 80
const BETWEEN = 40

export function isPrompt(data: Json): data is JsonObject {
  if (!isObject(data) || isList(data.nodes)) return false
  return Object.values(data).some((entry) => isObject(entry) && typeof entry.class_type === 'string')
}

export function drawPrompt(data: JsonObject, specs: Specs): Document {
  const entries = Object.entries(data).filter((pair): pair is [string, JsonObject] => isObject(pair[1]))
  const nodes = new Map<NodeId, Node>()
  for (const [id, entry] of entries) nodes.set(id, nodeOf(id, entry, specs))
  const links = new Map<number, Link>()
  for (const [id, entry] of entries) {
    for (const [input, value] of Object.entries(objectOf(entry.inputs))) {
      const end = endOf(value)
      const from = end && nodes.get(end.from)
      if (end === undefined || from === undefined) continue
      const type = outputType(from, specs.find(from.type), end.output)
      links.set(links.size + 1, { id: links.size + 1, ...end, to: id, input, type })
    }
  }
  padOutputs(nodes, links)
  const placed = columns(nodes, links, specs)
  const graph = { ...emptyGraph(ROOT), nodes: placed, links }
  const numbers = [...nodes.keys()].map(Number).filter(Number.isSafeInteger)
  return {
    ...emptyDocument(),
    graphs: new Map([[ROOT, graph]]),
    lastNode: Math.max(0, ...numbers),
    lastLink: links.size,
  }
}

function endOf(value: Json): { from: NodeId; output: number } | undefined {
  if (!isList(value) || value.length !== 2) return undefined
  const output = typeof value[1] === 'number' ? wholeOf(value[1]) : undefined
  const id = value[0]
  if (
    (typeof id !== 'string' && typeof id !== 'number') ||
    output === undefined ||
    output < 0 ||
    output > 999
  )
    return undefined
  return { from: String(id), output }
}

function nodeOf(id: NodeId, entry: JsonObject, specs: Specs): Node {
  const type = textOf(entry.class_type)
  const inputs = Object.entries(objectOf(entry.inputs))
  const values = Object.fromEntries(
    inputs.filter(([, value]) => endOf(value) === undefined).map(([name, value]) => [name, bare(value)]),
  )
  const spec: Spec = specs.find(type) ?? pseudoSpec(type, type, [], [])
  const title = textOf(objectOf(entry._meta).title)
  const node = makeNode(
    String(identity(id)),
    spec,
    { x: 0, y: 0 },
    { title: title === spec.title ? '' : title, values },
  )
  const names = new Set(node.inputs.map((socket) => socket.name))
  const further = inputs.filter(([name, value]) => !names.has(name) && endOf(value) !== undefined)
  const added = further.map(([name]) => {
    const port = portFor(spec, name)
    return port ? { ...socketOf(port), name } : { name, type: '*' }
  })
  return { ...node, inputs: [...node.inputs, ...added], controls: {} }
}

function bare(value: Json): Json {
  return isObject(value) && Object.hasOwn(value, '__value__') ? (value.__value__ as Json) : value
}

function padOutputs(nodes: Map<NodeId, Node>, links: ReadonlyMap<number, Link>): void {
  for (const { from, output } of links.values()) {
    const node = nodes.get(from)
    if (node === undefined || node.outputs.length > output) continue
    const outputs = [...node.outputs]
    while (outputs.length <= output) outputs.push({ name: `output ${outputs.length}`, type: '*' })
    nodes.set(from, { ...node, outputs })
  }
}

/** Each node right of all that it depends on, as far as there are no circles. */
function columns(
  nodes: ReadonlyMap<NodeId, Node>,
  links: ReadonlyMap<number, Link>,
  specs: Specs,
): Map<NodeId, Node> {
  const depth = new Map<NodeId, number>([...nodes.keys()].map((id) => [id, 0]))
  for (let round = 0, moved = true; moved && round < nodes.size; round += 1) {
    moved = false
    for (const { from, to } of links.values()) {
      const least = (depth.get(from) ?? 0) + 1
      if ((depth.get(to) ?? 0) >= least || least > nodes.size) continue
      depth.set(to, least)
      moved = true
    }
  }
  const tables = new Map<number, Node[]>()
  for (const node of nodes.values())
    tables.set(depth.get(node.id) ?? 0, [...(tables.get(depth.get(node.id) ?? 0) ?? []), node])
  const placed = new Map<NodeId, Node>()
  let x = 0
  for (const [, column] of [...tables].sort(([a], [b]) => a - b)) {
    let y = 0
    for (const node of column) {
      const { height } = nodeBox(node, specs.find(node.type))
      placed.set(node.id, { ...node, pos: { x, y } })
      y += height + BETWEEN
    }
    x += Math.max(...column.map((node) => node.size.width)) + ACROSS
  }
  return placed
}
