/** One node, its sockets and a group, from any form that editors have written. */

import type { Gate, Group, Node, NodeId, Reroute, Socket } from '../document'
import { defined, isObject, type Json, type JsonObject } from '../json'
import {
  boxOf,
  identityOf,
  listOf,
  modeOf,
  objectOf,
  pointOf,
  sizeOf,
  textOf,
  typeOf,
  unique,
  wholeOf,
} from './shapes'

const SIZE = { width: 240, height: 60 }

/** A node without its values, which need what is known of its class: see `values.ts`. */
export function nodeOf(id: NodeId, raw: JsonObject): Node {
  const flags = objectOf(raw.flags)
  return {
    id,
    type: textOf(raw.type),
    title: textOf(raw.title),
    pos: pointOf(raw.pos) ?? { x: 0, y: 0 },
    size: sizeOf(raw.size) ?? SIZE,
    mode: modeOf(raw.mode) ?? 0,
    collapsed: flags.collapsed === true,
    pinned: flags.pinned === true,
    color: textOf(raw.color),
    background: textOf(raw.bgcolor),
    values: {},
    controls: {},
    inputs: socketsOf(raw.inputs),
    outputs: socketsOf(raw.outputs),
    raw,
  }
}

function socketsOf(value: Json | undefined): Socket[] {
  const entries = listOf(value).filter(isObject)
  const names = unique(entries.map((entry) => textOf(entry.name)))
  return entries.map((raw, index) => socketOf(names[index] as string, raw))
}

function socketOf(name: string, raw: JsonObject): Socket {
  const widget = isObject(raw.widget) ? textOf(raw.widget.name) || name : undefined
  const label = textOf(raw.label)
  return {
    name,
    type: typeOf(raw.type),
    raw,
    ...(label === '' ? {} : { label }),
    ...(widget === undefined ? {} : { widget }),
  }
}

/** The link that each input names, by the number of the input. */
export function linkNames(raw: JsonObject): (number | undefined)[] {
  return listOf(raw.inputs)
    .filter(isObject)
    .map((entry) => wholeOf(entry.link))
}

export function groupOf(id: number, raw: JsonObject): Group {
  const box = boxOf(raw.bounding) ?? { x: 0, y: 0, width: 240, height: 120 }
  return { id, title: textOf(raw.title), box, color: textOf(raw.color), raw }
}

export function rerouteOf(id: number, raw: JsonObject): Reroute {
  const parent = wholeOf(raw.parentId)
  const pos = pointOf(raw.pos) ?? { x: 0, y: 0 }
  return parent === undefined ? { id, pos, raw } : { id, pos, parent, raw }
}

/** The gates of a subgraph's one side. One without an id, or with another's, gets one by its place. */
export function gatesOf(value: Json | undefined, side: string): Gate[] {
  const entries = listOf(value).filter(isObject)
  const ids = new Set<string>()
  const names = unique(entries.map((entry, index) => textOf(entry.name) || `${side} ${index + 1}`))
  return entries.map((raw, index) => {
    const given = identityOf(raw.id)
    const id = given === undefined || ids.has(given) ? `#${side}${index}` : given
    ids.add(id)
    const label = textOf(raw.label)
    return {
      id,
      name: names[index] as string,
      type: typeOf(raw.type),
      raw,
      ...(label === '' ? {} : { label }),
    }
  })
}

/** A link as an object, whichever of the two forms it has in the file. */
export function linkParts(entry: Json): JsonObject | undefined {
  if (isObject(entry)) return entry
  const list = listOf(entry)
  if (list.length < 5) return undefined
  const [id, origin, originSlot, target, targetSlot, type] = list
  return defined({
    id,
    origin_id: origin,
    origin_slot: originSlot,
    target_id: target,
    target_slot: targetSlot,
    type,
  })
}
