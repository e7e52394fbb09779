/** Where the parts of a node lie, remembered by node: links are drawn to nodes that are not in the page. */

import { MARKDOWN, NOTE, type Box, type Node } from '../core/document'
import {
  geometryOf,
  leastSize,
  type InputPlace,
  type SocketPlace as Place,
  type WidgetPlace,
} from '../core/geometry'
import type { Spec } from '../core/specs'

export interface SocketPlace {
  readonly side: 'input' | 'output'
  readonly name: string
  readonly label: string
  /** Of an output: its number. */
  readonly index: number
  readonly type: string
  readonly many: boolean
  readonly required: boolean
  /** It belongs to a widget's row. */
  readonly widget: boolean
  readonly stale: boolean
  readonly doc: string
  /** From the corner of the node's body. */
  readonly x: number
  readonly y: number
}

export interface Layout {
  readonly width: number
  /** Without the head. */
  readonly height: number
  readonly head: number
  readonly inputs: readonly SocketPlace[]
  readonly outputs: readonly SocketPlace[]
  readonly widgets: readonly WidgetPlace[]
  readonly media: Box | undefined
  readonly least: { readonly width: number; readonly height: number }
}

export type SpecOf = (node: Node) => Spec | undefined

export class Layouts {
  private known = new WeakMap<Node, Layout>()

  constructor(private specOf: SpecOf) {}

  of(node: Node): Layout {
    const known = this.known.get(node)
    if (known !== undefined) return known
    const layout = layoutOf(node, this.specOf(node))
    this.known.set(node, layout)
    return layout
  }

  /** What is known of this node changed although the node did not. */
  drop(node: Node): void {
    this.known.delete(node)
  }

  /** After the classes of nodes changed. */
  forget(specOf: SpecOf): void {
    this.specOf = specOf
    this.known = new WeakMap()
  }
}

export function layoutOf(node: Node, spec: Spec | undefined): Layout {
  const { size, title, inputs, outputs, widgets, media } = geometryOf(node, spec)
  return {
    width: size.width,
    height: size.height,
    head: title,
    inputs: inputs.map(inputOf),
    outputs: outputs.map((place, index) => outputOf(place, index, spec)),
    widgets,
    media,
    least: leastSize(node, spec),
  }
}

function inputOf(place: InputPlace, index: number): SocketPlace {
  const { name, label, type, widget, stale, x, y, port } = place
  return {
    side: 'input',
    name,
    label,
    index,
    type,
    many: port?.many ?? false,
    required: port?.required ?? false,
    widget,
    stale,
    doc: port?.doc ?? '',
    x,
    y,
  }
}

function outputOf(
  { name, label, type, stale, x, y }: Place,
  index: number,
  spec: Spec | undefined,
): SocketPlace {
  const output = spec?.outputs[index]
  return {
    side: 'output',
    name,
    label,
    index,
    type,
    many: output?.many ?? false,
    required: false,
    widget: false,
    stale,
    doc: output?.doc ?? '',
    x,
    y,
  }
}

/** A node's outline with its head, and what stands below its body. */
export function outline(node: Node, layout: Layout, foot = 0): Box {
  return {
    x: node.pos.x,
    y: node.pos.y - layout.head,
    width: layout.width,
    height: layout.height + layout.head + foot,
  }
}

/** Whether a node is text on the canvas and nothing else. */
export function isNote(node: Node): boolean {
  return node.type === NOTE || node.type === MARKDOWN
}
