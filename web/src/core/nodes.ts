/** Nodes made from what is known of their class, and kept in step with it when it changes. */

import type { Link, Node, NodeId, Point, Size, Socket } from './document'
import { ALWAYS, PRIMITIVE } from './document'
import { goodSize, leastSize } from './geometry'
import type { JsonObject } from './json'
import { baseOf, type Output, type Port, type Spec } from './specs'

export interface Making {
  readonly title?: string
  readonly values?: JsonObject
  readonly size?: Size
}

/** A new node of a class, of an installed one, a subgraph or one of the editor's own. */
export function makeNode(id: NodeId, spec: Spec, pos: Point, making: Making = {}): Node {
  const node: Node = {
    id,
    type: spec.name,
    title: making.title ?? '',
    pos,
    size: { width: 0, height: 0 },
    mode: ALWAYS,
    collapsed: false,
    pinned: false,
    color: '',
    background: '',
    values: making.values ?? {},
    controls: {},
    inputs: spec.inputs.filter(hasSocket).map(socketOf),
    outputs: spec.outputs.map(({ name, type }: Output) => ({ name, type })),
    raw: {},
  }
  return { ...node, size: making.size ?? goodSize(node, spec) }
}

/** Everything but what only says what it is has a socket; widgets inside a subgraph have none. */
export function hasSocket(port: Port): boolean {
  return !port.name.includes(':')
}

export function socketOf(port: Port): Socket {
  const socket = { name: port.name, type: port.type }
  return port.widget === null ? socket : { ...socket, widget: port.name }
}

/** The port that an input stands for, also a further one of a list: `tracks.2`. */
export function portFor(spec: Spec, input: string): Port | undefined {
  const own = spec.inputs.find((port) => port.name === input)
  if (own !== undefined) return own
  const base = baseOf(input)
  return base === input ? undefined : spec.inputs.find((port) => port.name === base && port.many)
}

/** Whether a node has a socket that its class does not: it came with a link from an older version. */
export function isStaleInput(spec: Spec | undefined, input: string): boolean {
  return spec !== undefined && !spec.keywords && portFor(spec, input) === undefined
}

export function isStaleOutput(spec: Spec | undefined, output: number, node: Node): boolean {
  return spec !== undefined && node.type !== PRIMITIVE && output >= spec.outputs.length
}

/** The type that an input takes now, whatever the file says. */
export function inputType(node: Node, spec: Spec | undefined, input: string): string {
  const port = spec && portFor(spec, input)
  return port?.type ?? node.inputs.find((socket) => socket.name === input)?.type ?? '*'
}

export function outputType(node: Node, spec: Spec | undefined, output: number): string {
  const given = spec?.outputs[output]?.type ?? '*'
  return given === '*' ? (node.outputs[output]?.type ?? given) : given
}

/** Inputs that the node has by names that its class has given up: old name -> today's. */
export function renamedInputs(node: Node, spec: Spec | undefined): ReadonlyMap<string, string> {
  const names = new Set([...node.inputs.map((socket) => socket.name), ...Object.keys(node.values)])
  const own = new Set(spec?.inputs.map((port) => port.name))
  const pairs = Object.entries(spec?.renamed ?? {})
  return new Map(
    pairs.filter(([old, name]) => names.has(old) && !own.has(old) && own.has(name) && !hasInput(node, name)),
  )
}

function hasInput(node: Node, name: string): boolean {
  return node.inputs.some((socket) => socket.name === name) || Object.hasOwn(node.values, name)
}

/** The node with its sockets and values by other names. */
export function withNames(node: Node, names: ReadonlyMap<string, string>): Node {
  if (names.size === 0) return node
  const now = (name: string) => names.get(name) ?? name
  const inputs = node.inputs.map((socket) => {
    const name = now(socket.name)
    return name === socket.name
      ? socket
      : { ...socket, name, ...(socket.widget ? { widget: now(socket.widget) } : {}) }
  })
  const keyed = <T>(held: { readonly [name: string]: T }) =>
    Object.fromEntries(Object.entries(held).map(([name, value]) => [now(name), value]))
  return { ...node, inputs, values: keyed(node.values), controls: keyed(node.controls) }
}

/** The node with the sockets that its class has and it lacks. Nothing that it has goes. */
export function synced(node: Node, spec: Spec, links: readonly Link[]): Node {
  const inputs = withPorts(node.inputs, spec)
  const grown = spec.inputs.some((port) => port.many) ? withFree(inputs, spec, linkedIn(links)) : inputs
  const outputs = [...node.outputs]
  for (const { name, type } of spec.outputs.slice(outputs.length)) outputs.push({ name, type })
  const equal = grown.length === node.inputs.length && outputs.length === node.outputs.length
  return equal ? node : { ...node, inputs: grown, outputs }
}

/** The links that end and begin at a node. */
export interface Around {
  readonly into: readonly Link[]
  readonly from: readonly Link[]
}

/** The node as its class is now: sockets in its order, old ones only where links still hold them. */
export function renewed(node: Node, spec: Spec, around: Around): Node {
  const linked = new Set(around.into.map((link) => link.input))
  const kept = node.inputs.filter((socket) => linked.has(socket.name) || !isStaleInput(spec, socket.name))
  const named = new Map(kept.map((socket) => [socket.name, socket]))
  const ordered = spec.inputs.filter(hasSocket).flatMap((port) => {
    const own = named.get(port.name)
    const base = own === undefined ? socketOf(port) : { ...own, ...socketOf(port) }
    return [base, ...further(kept, port)]
  })
  const stale = kept.filter((socket) => isStaleInput(spec, socket.name))
  const used = around.from.map((link) => link.output + 1)
  const outputs = spec.outputs.map(({ name, type }, index) => ({ ...node.outputs[index], name, type }))
  outputs.push(
    ...(node.outputs.slice(outputs.length, Math.max(0, ...used)) as { name: string; type: string }[]),
  )
  const inputs = withFree([...ordered, ...stale], spec, linkedIn(around.into))
  const least = leastSize({ ...node, inputs, outputs }, spec)
  const size = { width: node.size.width, height: Math.max(node.size.height, least.height) }
  return { ...node, inputs, outputs, size }
}

function further(inputs: readonly Socket[], port: Port): Socket[] {
  if (!port.many) return []
  const found = inputs.filter((socket) => socket.name !== port.name && baseOf(socket.name) === port.name)
  return found.sort((a, b) => numberOf(a.name) - numberOf(b.name))
}

export function numberOf(input: string): number {
  const number = /\.(\d+)$/.exec(input)?.[1]
  return number === undefined ? 1 : Number(number)
}

function withPorts(inputs: readonly Socket[], spec: Spec): Socket[] {
  const names = new Set(inputs.map((socket) => socket.name))
  const result = [...inputs]
  let after = 0
  for (const port of spec.inputs.filter(hasSocket)) {
    if (!names.has(port.name)) {
      result.splice(after, 0, socketOf(port))
      after += 1
      continue
    }
    after =
      result.findLastIndex((socket) => socket.name === port.name || baseOf(socket.name) === port.name) + 1
  }
  return result
}

/** With one free socket, and no more, at the end of each input that takes several links. */
export function withFree(
  inputs: readonly Socket[],
  spec: Spec,
  linked: (input: string) => boolean,
): Socket[] {
  let result = [...inputs]
  for (const port of spec.inputs.filter((one) => one.many)) {
    const own = result.filter((socket) => socket.name === port.name || further([socket], port).length > 0)
    const free = own.filter((socket) => !linked(socket.name))
    const surplus = new Set(free.filter((socket) => socket.raw === undefined && socket.name !== port.name))
    if (free.length > 0) {
      const spare = free.find((socket) => !surplus.has(socket)) ?? free[0]
      result = result.filter((socket) => !surplus.has(socket) || socket === spare)
      continue
    }
    const most = Math.max(1, ...own.map((socket) => numberOf(socket.name)))
    const place = result.findLastIndex((socket) => own.includes(socket)) + 1
    result.splice(place, 0, { name: `${port.name}.${most + 1}`, type: port.type })
  }
  return result
}

function linkedIn(links: readonly Link[]): (input: string) => boolean {
  const names = new Set(links.map((link) => link.input))
  return (input) => names.has(input)
}
