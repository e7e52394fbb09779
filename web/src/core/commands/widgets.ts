/** Widgets as inputs, primitives that feed them, notes, and seeds after a run. */

import type { Change } from '../changes'
import type { Control, Node, NodeId, Point } from '../document'
import { MARKDOWN, NOTE, PRIMITIVE } from '../document'
import { goodSize, inputPoint, isBareInput, TITLE } from '../geometry'
import { Digits, without, type Json, type JsonObject } from '../json'
import { linksInto } from '../links'
import { makeNode } from '../nodes'
import { placeGraph, specOf, within, type Place } from '../place'
import { controlOf, effective, type Port } from '../specs'
import { outputOf, pseudoSpec, VIRTUAL_SPECS } from '../virtual'
import { edited } from './edit'
import { linked } from './links'
import { changed } from './nodes'

/** Room for a primitive's links on their way to the node. */
const AWAY = 60

/** Makes a widget a bare input, or a widget again. */
export function toggleBare(place: Place, id: NodeId, input: string): Change[] {
  return changed(place, [id], (node) => {
    const bare = !isBareInput(node, input)
    const inputs = node.inputs.map((socket) => {
      if (socket.name !== input) return socket
      const had = (socket.raw?.patchbay ?? {}) as JsonObject
      const raw: JsonObject = socket.raw ?? { name: socket.name, type: socket.type }
      const ours: JsonObject = bare ? { ...had, bare: true } : without(had, 'bare')
      return {
        ...socket,
        raw: Object.keys(ours).length > 0 ? { ...raw, patchbay: ours } : without(raw, 'patchbay'),
      }
    })
    return { ...node, inputs }
  })
}

/** Puts a primitive before a widget, with the value that it has. */
export function addPrimitive(place: Place, id: NodeId, input: string): Change[] {
  const node = placeGraph(place).nodes.get(id)
  const spec = node && specOf(place, node)
  const port = spec?.inputs.find((one) => one.name === input)
  if (node === undefined || !port?.widget) return []
  const { widget } = port
  return edited(place, (graph) => {
    const fresh = String(graph.edit.ids.next('node'))
    const known = pseudoSpec(
      PRIMITIVE,
      '',
      [{ ...port, name: 'value', widget }],
      [outputOf(input, port.type)],
    )
    const made = makeNode(
      fresh,
      known,
      { x: 0, y: 0 },
      { title: input, values: { value: effective(node, port) } },
    )
    const controls: { [input: string]: Control } =
      widget.kind === 'seed' ? { value: controlOf(node, port) } : {}
    const point = inputPoint(node, spec, input)
    const size = goodSize(made, known)
    const pos = {
      x: Math.round(node.pos.x - size.width - AWAY),
      y: Math.round(point.y - size.height / 2 + TITLE / 2),
    }
    graph.put('node', { ...made, inputs: [], controls, pos, size })
    linked(graph, { from: fresh, output: 0, to: id, input, type: port.type })
  })
}

/** A note; in markdown unless it is to be plain. */
export function addNote(place: Place, pos: Point, text = '', plain = false): Change[] {
  const spec = VIRTUAL_SPECS.get(plain ? NOTE : MARKDOWN)
  if (spec === undefined) return []
  return edited(place, (graph) => {
    graph.put('node', {
      ...makeNode(String(graph.edit.ids.next('node')), spec, pos, { values: { text } }),
      inputs: [],
    })
  })
}

/** Seeds after a run, each as its control says. `random` gives numbers from 0 to below 1. */
export function stepSeeds(place: Place, random: () => number = Math.random): Change[] {
  return [...place.document.graphs.keys()].flatMap((id) => {
    const here = within(place, id)
    const graph = placeGraph(here)
    const controlled = [...graph.nodes.values()].filter((node) =>
      Object.values(node.controls).some((one) => one !== 'fixed'),
    )
    return changed(
      here,
      controlled.map((node) => node.id),
      (node) => stepped(here, node, random),
    )
  })
}

function stepped(place: Place, node: Node, random: () => number): Node {
  const linkedInputs = new Set(linksInto(placeGraph(place), node.id).map((link) => link.input))
  const values: { [name: string]: Json } = { ...node.values }
  for (const port of specOf(place, node)?.inputs ?? []) {
    const control = controlOf(node, port)
    if (control === 'fixed' || port.widget === null || linkedInputs.has(port.name)) continue
    values[port.name] = nextValue(port, effective(node, port), control, random)
  }
  return { ...node, values }
}

/** ComfyUI's editor goes no further when it rolls dice, so that a step up or down stays exact. */
const MOST_RANDOM = 2 ** 50

export function nextValue(port: Port, value: Json, control: Control, random: () => number): Json {
  const choices = port.widget?.choices ?? []
  if (choices.length > 0) return nextChoice(choices, value, control, random)
  const low = BigInt(Math.trunc(Math.max(port.widget?.min ?? 0, -Number.MAX_SAFE_INTEGER)))
  const top = port.widget?.max ?? Number.MAX_SAFE_INTEGER
  if (control === 'randomize') {
    const span = Math.min(top, MOST_RANDOM) - Number(low) + 1
    return Number(low) + Math.floor(random() * span)
  }
  const now = value instanceof Digits ? BigInt(value.digits) : BigInt(Math.trunc(Number(value) || 0))
  const step = BigInt(Math.max(1, Math.trunc(port.widget?.step ?? 1)))
  const next = control === 'increment' ? now + step : control === 'decrement' ? now - step : now
  const high = BigInt(Math.trunc(top))
  const clamped = next < low ? low : next > high && now <= high ? high : next
  return clamped > BigInt(Number.MAX_SAFE_INTEGER) ? new Digits(String(clamped)) : Number(clamped)
}

function nextChoice(choices: readonly string[], value: Json, control: Control, random: () => number): Json {
  if (control === 'randomize') return choices[Math.floor(random() * choices.length)] ?? value
  const place =
    choices.indexOf(String(value)) + (control === 'increment' ? 1 : control === 'decrement' ? -1 : 0)
  return choices[Math.min(Math.max(place, 0), choices.length - 1)] ?? value
}
