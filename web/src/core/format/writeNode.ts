/** One node, link, reroute or group as files have it, from what the file had and what has changed. */

import type { Gate, Group, Link, LinkId, Node, NodeId, Reroute, Socket } from '../document'
import { defined, isObject, same, without, type Json, type JsonObject } from '../json'
import type { Spec } from '../specs'
import { groupOf, nodeOf, rerouteOf } from './readNode'
import { bare, box, identity, listOf, objectOf, typeOf, wholeOf } from './shapes'
import { written } from './values'

/** What of a node's surroundings is written with it. */
export interface Around {
  readonly order: number
  readonly into: ReadonlyMap<string, LinkId>
  readonly from: ReadonlyMap<number, readonly LinkId[]>
}

/** What the file said is kept as it is wherever it still says the same. */
export function nodeEntry(node: Node, spec: Spec | undefined, around: Around): JsonObject {
  const { raw } = node
  const fresh = Object.keys(raw).length === 0
  const before = nodeOf(node.id, raw)
  const pos = !fresh && same({ ...before.pos }, { ...node.pos }) ? raw.pos : [node.pos.x, node.pos.y]
  const size =
    !fresh && same({ ...before.size }, { ...node.size }) ? raw.size : [node.size.width, node.size.height]
  const kept = <T extends Json>(had: T, now: T, key: string, value: Json | undefined) =>
    !fresh && same(had, now) ? raw[key] : value
  return defined({
    properties: fresh ? { 'Node name for S&R': node.type } : raw.properties,
    ...raw,
    ...written(node, spec),
    id: identity(node.id),
    type: kept(before.type, node.type, 'type', node.type),
    title: kept(before.title, node.title, 'title', node.title || undefined),
    pos,
    size,
    flags: flagsOf(node, before),
    mode: kept(before.mode, node.mode, 'mode', node.mode),
    color: kept(before.color, node.color, 'color', node.color || undefined),
    bgcolor: kept(before.background, node.background, 'bgcolor', node.background || undefined),
    order: around.order,
    inputs: inputEntries(node, around),
    outputs: outputEntries(node, around),
  })
}

function flagsOf(node: Node, before: Node): Json | undefined {
  const { raw } = node
  if (before.collapsed === node.collapsed && before.pinned === node.pinned)
    return raw.flags ?? (isFresh(node) ? {} : undefined)
  const rest = without(objectOf(raw.flags), 'collapsed', 'pinned')
  return { ...rest, ...(node.collapsed ? { collapsed: true } : {}), ...(node.pinned ? { pinned: true } : {}) }
}

function isFresh(node: Node): boolean {
  return Object.keys(node.raw).length === 0
}

/** The inputs that are written: of a node from a file those it had, and what is linked since. */
export function writtenInputs(node: Node, linked: { has(input: string): boolean }): readonly Socket[] {
  if (isFresh(node)) return node.inputs.filter((socket) => linked.has(socket.name) || !isFurther(socket))
  return node.inputs.filter((socket) => linked.has(socket.name) || socket.raw !== undefined)
}

function isFurther(socket: Socket): boolean {
  return /\.\d+$/.test(socket.name)
}

function inputEntries(node: Node, around: Around): Json | undefined {
  const sockets = writtenInputs(node, around.into)
  if (sockets.length === 0) return node.raw.inputs === undefined && !isFresh(node) ? undefined : []
  return sockets.map((socket) => {
    const link = around.into.get(socket.name)
    const held =
      socket.raw && link === undefined && !Object.hasOwn(socket.raw, 'link') ? undefined : (link ?? null)
    const widget = socket.widget === undefined ? undefined : (socket.raw?.widget ?? { name: socket.widget })
    return defined({ ...socketEntry(socket), link: held, widget })
  })
}

function outputEntries(node: Node, around: Around): Json | undefined {
  const { outputs, raw } = node
  const had = listOf(raw.outputs).length
  const used = Math.max(had, 1 + Math.max(-1, ...around.from.keys()))
  const shown = isFresh(node) ? outputs : outputs.slice(0, used)
  if (shown.length === 0) return raw.outputs === undefined && !isFresh(node) ? undefined : []
  return shown.map((socket, index) => {
    const links = around.from.get(index) ?? []
    return defined({ ...socketEntry(socket), links: linksEntry(links, socket.raw) })
  })
}

/** The links in the order that the file has, if they are the same. */
function linksEntry(links: readonly LinkId[], raw: JsonObject | undefined): Json | undefined {
  const had = listOf(raw?.links).map(wholeOf)
  if (links.length === 0 && raw !== undefined && had.length === 0) return raw.links
  const now = new Set<number | undefined>(links)
  const equal = had.length === links.length && had.every((id) => now.has(id))
  return equal && raw ? raw.links : [...links]
}

function socketEntry(socket: Socket): { readonly [key: string]: Json | undefined } {
  const { raw } = socket
  const type = raw && typeOf(raw.type) === socket.type ? raw.type : socket.type
  const label = socket.label ?? (typeof raw?.label === 'string' && raw.label !== '' ? undefined : raw?.label)
  const name = raw && raw.name === undefined && socket.name === '' ? undefined : bare(socket.name)
  return { ...raw, name, type, label }
}

/** The number of an end's slot, by which files name it. */
export interface Slots {
  input(link: Link): number
}

export function linkObject(link: Link, slots: Slots): JsonObject {
  return defined({
    ...link.raw,
    id: link.id,
    origin_id: identity(link.from),
    origin_slot: link.output,
    target_id: identity(link.to),
    target_slot: slots.input(link),
    type: typeEntry(link),
    parentId: link.reroute,
  })
}

export function linkList(link: Link, slots: Slots): Json {
  return [link.id, identity(link.from), link.output, identity(link.to), slots.input(link), typeEntry(link)]
}

function typeEntry(link: Link): Json {
  const had = link.raw?.type
  return had !== undefined && typeOf(had) === link.type ? had : link.type
}

export function rerouteEntry(reroute: Reroute, links: readonly LinkId[]): JsonObject {
  const { raw } = reroute
  const before = raw && rerouteOf(reroute.id, raw)
  const pos = before && same({ ...before.pos }, { ...reroute.pos }) ? raw.pos : [reroute.pos.x, reroute.pos.y]
  const had = listOf(raw?.linkIds).map(wholeOf)
  const equal = had.length === links.length && links.every((id) => had.includes(id))
  const ids = equal && raw ? raw.linkIds : [...links]
  return defined({ ...raw, id: reroute.id, parentId: reroute.parent, pos, linkIds: ids })
}

export function groupEntry(group: Group): JsonObject {
  const { raw } = group
  const fresh = Object.keys(raw).length === 0
  const before = groupOf(group.id, raw)
  return defined({
    ...raw,
    id: fresh || raw.id !== undefined ? group.id : undefined,
    title: !fresh && before.title === group.title ? raw.title : group.title,
    bounding: !fresh && same(box(before.box), box(group.box)) ? raw.bounding : box(group.box),
    color: !fresh && before.color === group.color ? raw.color : group.color || undefined,
  })
}

export function gateEntry(gate: Gate, links: readonly LinkId[]): JsonObject {
  const { raw } = gate
  const had = listOf(raw.linkIds).map(wholeOf)
  const equal = had.length === links.length && links.every((id) => had.includes(id))
  const fresh = Object.keys(raw).length === 0
  const keep = links.length === 0 && !fresh && had.length === 0
  return defined({
    ...raw,
    id: gate.id.startsWith('#') ? raw.id : isObject(raw) && String(raw.id) === gate.id ? raw.id : gate.id,
    name: bare(gate.name),
    type: !fresh && typeOf(raw.type) === gate.type ? raw.type : gate.type,
    label: gate.label,
    linkIds: (equal && !fresh) || keep ? raw.linkIds : [...links],
  })
}

/** A gate's end node as files have it. */
export function endEntry(raw: Json | undefined, id: NodeId, bounding: Json): JsonObject {
  const had = objectOf(raw)
  return {
    ...had,
    id: String(had.id) === id ? (had.id as Json) : identity(id),
    bounding: same(had.bounding, bounding) ? (had.bounding as Json) : bounding,
  }
}
