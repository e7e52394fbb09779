/**
 * Where everything of a node lies: one truth for the card in the page and for the drawn layer.
 * Places are relative to the node's `pos`, the corner of its body; the title lies above, at -TITLE.
 */

import type { Box, Node, Point, Size, Socket } from './document'
import { REROUTE } from './document'
import { bare } from './format/shapes'
import { isObject } from './json'
import { baseOf, type Port, type Spec } from './specs'

// those who draw ask one module for all places
export { bends, gateIndex, gatePoint, gatesBox, linkPoints, type Finding } from './paths'

export const TITLE = 30
/** A row with an input on its left and an output on its right. */
export const ROW = 22
export const WIDGET = 28
/** Above the first row and below the last. */
export const PADDING = 6
/** Text areas and the place for sound, pictures and film share what height is left. */
export const LEAST_AREA = 64
const GOOD_AREA = 120
const LEAST_WIDTH = 140
const GOOD_WIDTH = 240
const WIDE = 340
/** Litegraph's own size of a reroute node, which has no title. */
const REROUTE_SIZE = { width: 40, height: 26 }
const LETTER = 7.5

export interface SocketPlace extends Point {
  readonly name: string
  readonly type: string
  readonly label: string
  /** Its class has it no more; only a link holds it. */
  readonly stale: boolean
}

export interface InputPlace extends SocketPlace {
  /** The widget's row that it lies in; without it has a row of its own. */
  readonly port: Port | undefined
  readonly widget: boolean
}

export interface WidgetPlace extends Box {
  readonly port: Port
  /** A text of several lines, which grows with the node. */
  readonly area: boolean
}

export interface NodeGeometry {
  /** The body without the title; of a collapsed node its height is 0. */
  readonly size: Size
  /** The height of the title, 0 for a reroute node. */
  readonly title: number
  readonly inputs: readonly InputPlace[]
  readonly outputs: readonly SocketPlace[]
  readonly widgets: readonly WidgetPlace[]
  /** What is left for sound, pictures and film, if anything is. */
  readonly media: Box | undefined
}

interface Known {
  readonly node: Node
  readonly spec: Spec | undefined
  readonly geometry: NodeGeometry
}

/** By a node's list of inputs, which stays the same object when the node is only moved. */
const known = new WeakMap<readonly Socket[], Known>()

export function geometryOf(node: Node, spec: Spec | undefined): NodeGeometry {
  const found = known.get(node.inputs)
  if (found !== undefined && found.spec === spec && looksSame(found.node, node)) return found.geometry
  const geometry = measured(node, spec)
  known.set(node.inputs, { node, spec, geometry })
  return geometry
}

function looksSame(a: Node, b: Node): boolean {
  if (a === b) return true
  const shape = a.size === b.size || (a.size.width === b.size.width && a.size.height === b.size.height)
  return (
    shape &&
    a.outputs === b.outputs &&
    a.collapsed === b.collapsed &&
    a.title === b.title &&
    a.type === b.type
  )
}

/** The node with its title, in the graph. */
export function nodeBox(node: Node, spec: Spec | undefined): Box {
  const { size, title } = geometryOf(node, spec)
  return { x: node.pos.x, y: node.pos.y - title, width: size.width, height: size.height + title }
}

/** Where an input lies in the graph; one that is not there lies at the middle of the left side. */
export function inputPoint(node: Node, spec: Spec | undefined, input: string): Point {
  const geometry = geometryOf(node, spec)
  const place = geometry.inputs.find((one) => one.name === input) ?? { x: 0, y: geometry.size.height / 2 }
  return { x: node.pos.x + place.x, y: node.pos.y + place.y }
}

export function outputPoint(node: Node, spec: Spec | undefined, output: number): Point {
  const geometry = geometryOf(node, spec)
  const place = geometry.outputs[output] ?? { x: geometry.size.width, y: geometry.size.height / 2 }
  return { x: node.pos.x + place.x, y: node.pos.y + place.y }
}

/** The smallest that a node may be. */
export function leastSize(node: Node, spec: Spec | undefined): Size {
  if (node.type === REROUTE) return REROUTE_SIZE
  const { rows, fixed, areas } = plan(node, spec)
  return { width: LEAST_WIDTH, height: heightOf(rows, fixed, areas.length * LEAST_AREA) }
}

/** The size of a new node. */
export function goodSize(node: Node, spec: Spec | undefined): Size {
  if (node.type === REROUTE) return REROUTE_SIZE
  const { rows, fixed, areas } = plan(node, spec)
  const grown = areas.length + (spec?.sink ? 1 : 0)
  return { width: areas.length > 0 ? WIDE : GOOD_WIDTH, height: heightOf(rows, fixed, grown * GOOD_AREA) }
}

function heightOf(rows: number, fixed: number, areas: number): number {
  return 2 * PADDING + rows * ROW + fixed * WIDGET + areas
}

/** Whether a widget was made a bare input, which the file remembers. */
export function isBareInput(node: Node, input: string): boolean {
  return node.inputs.some((one) => one.name === input && isBare(one))
}

export function isArea(port: Port): boolean {
  return port.widget?.kind === 'text' && port.widget.multiline
}

interface Plan {
  readonly sockets: readonly Socket[]
  readonly widgets: readonly Port[]
  readonly areas: readonly Port[]
  readonly rows: number
  readonly fixed: number
}

interface Ports {
  readonly byName: ReadonlyMap<string, Port>
  readonly widgets: readonly Port[]
}

const ports = new WeakMap<Spec, Ports>()
const NO_PORTS: Ports = { byName: new Map(), widgets: [] }

/** A class's ports, sorted once: thousands of nodes may be of it. */
function portsOf(spec: Spec | undefined): Ports {
  if (spec === undefined) return NO_PORTS
  const found = ports.get(spec)
  if (found !== undefined) return found
  const sorted = {
    byName: new Map(spec.inputs.map((port) => [port.name, port])),
    widgets: spec.inputs.filter((port) => port.widget !== null),
  }
  ports.set(spec, sorted)
  return sorted
}

function plan(node: Node, spec: Spec | undefined): Plan {
  const plain = node.inputs.filter(isBare).map((socket) => socket.name)
  const all = portsOf(spec)
  const widgets = plain.length === 0 ? all.widgets : all.widgets.filter((port) => !plain.includes(port.name))
  const sockets = node.inputs.filter(
    (socket) => plain.includes(socket.name) || !all.byName.get(socket.name)?.widget,
  )
  const areas = widgets.filter(isArea)
  const rows = Math.max(sockets.length, node.outputs.length)
  return { sockets, widgets, areas, rows, fixed: widgets.length - areas.length }
}

function isBare(socket: Socket): boolean {
  const ours = socket.raw?.patchbay
  return ours !== undefined && isObject(ours) && ours.bare === true
}

function measured(node: Node, spec: Spec | undefined): NodeGeometry {
  if (node.type === REROUTE) return rerouteGeometry(node)
  if (node.collapsed) return collapsedGeometry(node, spec)
  const { sockets, widgets, areas, rows, fixed } = plan(node, spec)
  const width = Math.max(node.size.width, LEAST_WIDTH)
  const height = Math.max(node.size.height, heightOf(rows, fixed, areas.length * LEAST_AREA))
  const left = height - heightOf(rows, fixed, 0)
  const shares = areas.length + (spec?.sink ? 1 : 0)
  const share = areas.length === 0 ? 0 : Math.min(Math.max(LEAST_AREA, left / shares), left / areas.length)
  const places: WidgetPlace[] = []
  let y = PADDING + rows * ROW
  for (const port of widgets) {
    const area = areas.includes(port)
    places.push({ port, area, x: 0, y, width, height: area ? share : WIDGET })
    y += area ? share : WIDGET
  }
  const rest = height - PADDING - y
  const media = rest >= LEAST_AREA / 2 ? { x: 0, y, width, height: rest } : undefined
  const inputs = [
    ...sockets.map((socket, row) => inputPlace(socket, { x: 0, y: rowMiddle(row) }, spec, false)),
    ...places.map((place) => widgetInput(node, place, spec)),
  ]
  const outputs = node.outputs.map((socket, row) =>
    outputPlace(socket, row, { x: width, y: rowMiddle(row) }, spec),
  )
  return { size: { width, height }, title: TITLE, inputs, outputs, widgets: places, media }
}

/** The middle of a row, from the top of the body. */
export function rowMiddle(row: number): number {
  return PADDING + row * ROW + ROW / 2
}

function widgetInput(node: Node, place: WidgetPlace, spec: Spec | undefined): InputPlace {
  const { port } = place
  const socket = node.inputs.find((one) => one.name === port.name) ?? { name: port.name, type: port.type }
  return inputPlace(socket, { x: 0, y: place.y + Math.min(place.height, WIDGET) / 2 }, spec, true)
}

function inputPlace(
  { name, type, label }: Socket,
  at: Point,
  spec: Spec | undefined,
  widget: boolean,
): InputPlace {
  const { byName } = portsOf(spec)
  const many = byName.has(name) ? undefined : byName.get(baseOf(name))
  const port = byName.get(name) ?? (many?.many ? many : undefined)
  const stale = spec !== undefined && !spec.keywords && port === undefined
  return { x: at.x, y: at.y, name, type: port?.type ?? type, label: label ?? bare(name), stale, port, widget }
}

function outputPlace(socket: Socket, index: number, at: Point, spec: Spec | undefined): SocketPlace {
  const given = spec?.outputs[index]
  const type = given === undefined || given.type === '*' ? socket.type : given.type
  const label = socket.label ?? given?.name ?? bare(socket.name)
  return { ...at, name: socket.name, type, label, stale: spec !== undefined && given === undefined }
}

function collapsedGeometry(node: Node, spec: Spec | undefined): NodeGeometry {
  const title = node.title || spec?.title || node.type
  const width = Math.min(
    Math.max(node.size.width, LEAST_WIDTH),
    Math.max(LEAST_WIDTH, 60 + title.length * LETTER),
  )
  const middle = -TITLE / 2
  const inputs = node.inputs.map((socket) => inputPlace(socket, { x: 0, y: middle }, spec, false))
  const outputs = node.outputs.map((socket, index) =>
    outputPlace(socket, index, { x: width, y: middle }, spec),
  )
  return { size: { width, height: 0 }, title: TITLE, inputs, outputs, widgets: [], media: undefined }
}

function rerouteGeometry(node: Node): NodeGeometry {
  const width = Math.max(node.size.width, REROUTE_SIZE.width)
  const size = { width, height: REROUTE_SIZE.height }
  const y = size.height / 2
  const inputs = node.inputs.map((socket) => inputPlace(socket, { x: 0, y }, undefined, false))
  const outputs = node.outputs.map((socket, index) => outputPlace(socket, index, { x: width, y }, undefined))
  return { size, title: 0, inputs, outputs, widgets: [], media: undefined }
}
