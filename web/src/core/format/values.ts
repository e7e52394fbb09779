/** Widget values of a node, by name and by place, as files have them. */

import type { Control, Node } from '../document'
import { VIRTUAL } from '../document'
import { isList, isObject, same, type Json, type JsonObject } from '../json'
import { proxiesOf } from '../place'
import { controlOf as controlHeld, initial, type Port, type Spec } from '../specs'
import { controlOf, objectOf } from './shapes'

export interface Held {
  readonly values: JsonObject
  readonly controls: { readonly [input: string]: Control }
}

/** The ports that have a place in `widgets_values`, in their order there. */
export function placedPorts(spec: Spec, raw: JsonObject): Port[] {
  const shown = spec.inputs.filter((port) => port.widget !== null)
  const proxies = proxiesOf({ raw } as Node)
  if (proxies.length === 0) return shown
  const found = proxies.flatMap((proxy) => shown.filter((port) => port.name === proxy.name))
  return [...found, ...shown.filter((port) => !found.includes(port))]
}

/**
 * What a node of the file holds. Named values, which the server puts there for every node that it
 * knows, come before those by place; of a node that nobody knows both stay in `raw` alone.
 */
export function valuesOf(raw: JsonObject, spec: Spec | undefined): Held {
  const given = raw.widgets_values
  const placed = spec && isList(given) ? byPlace(placedPorts(spec, raw), given) : { values: {}, controls: {} }
  const named = objectOf(objectOf(raw.properties).patchbay).widgets
  const controls = { ...placed.controls, ...namedControls(raw) }
  if (isObject(named)) {
    // values of widgets inside a subgraph have no name of their own, only a place
    const inner = Object.entries(placed.values).filter(
      ([name]) => name.includes(':') && !Object.hasOwn(named, name),
    )
    return { values: { ...Object.fromEntries(inner), ...named }, controls }
  }
  if (isObject(given)) return { values: given, controls }
  return { values: placed.values, controls }
}

/** Controls of seeds where the values are an object and have no places. */
function namedControls(raw: JsonObject): { [input: string]: Control } {
  const held = Object.entries(objectOf(objectOf(objectOf(raw.properties).patchbay).controls))
  return Object.fromEntries(
    held.flatMap(([name, value]) => {
      const control = controlOf(value)
      return control === undefined ? [] : [[name, control]]
    }),
  )
}

function byPlace(ports: readonly Port[], given: readonly Json[]): Held {
  const values: { [name: string]: Json } = {}
  const controls: { [name: string]: Control } = {}
  let place = 0
  for (const port of ports) {
    const value = given[place]
    if (place >= given.length) break
    if (value !== null && value !== undefined) values[port.name] = value
    place += 1
    const control = controlOf(given[place])
    if (port.widget?.kind !== 'seed') continue
    if (control !== undefined) controls[port.name] = control
    if (control !== undefined || given[place] === null) place += 1
  }
  return { values, controls }
}

/** One value for each widget, and one more for a seed's control, as ComfyUI's editor has them. */
export function positional(node: Node, spec: Spec): Json[] {
  const inner = (port: Port) => port.name.includes(':') && spec.pack === ''
  return placedPorts(spec, node.raw).flatMap((port) => {
    const given = Object.hasOwn(node.values, port.name) ? (node.values[port.name] as Json) : null
    // what an instance does not give stays as it is inside
    const value = given ?? (inner(port) ? null : initial(port))
    return port.widget?.kind === 'seed' ? [value, controlHeld(node, port)] : [value]
  })
}

/** What of the file's node tells its values, as it is to be written. */
export function written(node: Node, spec: Spec | undefined): JsonObject {
  const { raw } = node
  const before = valuesOf(raw, spec)
  const fresh = Object.keys(raw).length === 0
  if (!fresh && same(before.values, node.values) && same(before.controls, node.controls)) return {}
  const places = spec ? placesOf(node, spec) : raw.widgets_values
  const properties = fresh ? { 'Node name for S&R': node.type } : objectOf(raw.properties)
  if (VIRTUAL.has(node.type)) return places === undefined ? {} : { widgets_values: places }
  const ours = objectOf(objectOf(raw.properties).patchbay)
  const names = Object.entries(node.values).filter(([name]) => !isInner(spec, name))
  const patchbay = { ...ours, widgets: Object.fromEntries(names) }
  const held = isObject(raw.widgets_values) ? { ...raw.widgets_values, ...node.values } : places
  const controls = isObject(raw.widgets_values) || !spec ? { controls: node.controls } : {}
  const told = { properties: { ...properties, patchbay: { ...patchbay, ...nonempty(controls) } } }
  return held === undefined ? told : { ...told, widgets_values: held }
}

function placesOf(node: Node, spec: Spec): Json[] | undefined {
  const places = positional(node, spec)
  const had = node.raw.widgets_values
  if (VIRTUAL.has(node.type)) {
    if (places.length === 0 && !isList(had)) {
      const loose = node.values.text ?? node.values.value
      return loose === undefined ? undefined : [loose]
    }
    return isList(had) ? [...places, ...had.slice(places.length)] : places
  }
  return places
}

function isInner(spec: Spec | undefined, name: string): boolean {
  return name.includes(':') && spec?.pack === ''
}

function nonempty(entries: { controls?: { readonly [input: string]: Control } }): JsonObject {
  return entries.controls && Object.keys(entries.controls).length > 0 ? { controls: entries.controls } : {}
}
