/** What all parts of one canvas share. Cards get it from the context, so that their props stay few. */

import { getContext, setContext, type Snippet } from 'svelte'
import { setValue } from '../../core/commands/nodes'
import { linkInto, linksFrom } from '../../core/links'
import type { Json } from '../../core/json'
import type { Node, NodeId, Point } from '../../core/document'
import { specOf, type Place } from '../../core/place'
import { fits, type Port, type Spec } from '../../core/specs'
import type { NodeRun } from '../../run/run.svelte'
import type { SocketPlace } from '../../view/layout'
import type { Palette } from '../../view/palette'
import type { SocketHit } from '../../view/scene'
import type { Pulled } from '../../view/stage'
import type { Editor } from '../editor.svelte'
import { t, type Key, type Params } from '../i18n/index.svelte'

/** What was meant by a right click, a long press or the menu key. */
export type Target =
  | { readonly kind: 'canvas' }
  | { readonly kind: 'node'; readonly id: NodeId }
  | { readonly kind: 'link' | 'reroute' | 'group'; readonly id: number }
  | { readonly kind: 'widget'; readonly id: NodeId; readonly input: string }

/** A wish for a new node: at a place of the graph, and what it shall be linked to. */
export interface SearchWish {
  readonly at: Point
  /** On the screen, from the window's corner. */
  readonly screen: Point
  readonly from: SocketHit | null
}

/** What the canvas asks of the page around it. Everything may be left out. */
export interface CanvasActions {
  readonly search?: (wish: SearchWish) => void
  readonly menu?: (target: Target, screen: Point, at: Point) => void
  /** A sentence to show for a moment. */
  readonly notice?: (text: string) => void
  readonly announce?: (key: Key, params?: Params) => void
  readonly traceback?: (node: Node, run: NodeRun) => void
  /** The names that a file input may take. */
  readonly files?: (port: Port) => Promise<readonly string[]>
  /** Keeps a file on the server and gives its name there. */
  readonly upload?: (port: Port, file: File) => Promise<string>
  readonly dropFiles?: (files: readonly File[], at: Point) => void
}

/** What a node's media are told. `keep` holds the card in the page while something plays. */
export interface MediaArguments {
  readonly node: Node
  readonly run: NodeRun | undefined
  readonly width: number
  readonly height: number
  readonly keep: (held: boolean) => void
}

const KEY = Symbol('canvas')

export class Room {
  palette: Palette = $state.raw() as Palette
  pulled: Pulled | null = $state.raw(null)
  /** The node that keys act on, and whether they act inside it. */
  current: NodeId | null = $state(null)
  entered = $state(false)
  renaming: NodeId | null = $state(null)
  actions: CanvasActions = $state.raw({})
  media: Snippet<[MediaArguments]> | undefined = $state.raw()
  /** Cards that stay in the page wherever one looks. */
  readonly kept = new Set<NodeId>()
  onkept: () => void = () => undefined
  /** How high what nodes show is, where it stands in a foot. */
  readonly measured = new Map<NodeId, number>()
  onmeasured: () => void = () => undefined

  constructor(readonly editor: Editor) {}

  get place(): Place {
    return { document: this.editor.document, graph: this.editor.graphId, specs: this.editor.specs }
  }

  specOf(node: Node): Spec | undefined {
    return specOf(this.place, node)
  }

  runOf(id: NodeId): NodeRun | undefined {
    return this.editor.run.nodes.get([...this.editor.path, id].join(':'))
  }

  titleOf(node: Node): string {
    return node.title || this.specOf(node)?.title || node.type
  }

  isLinked(node: Node, place: SocketPlace): boolean {
    if (place.side === 'input') return linkInto(this.editor.graph, node.id, place.name) !== undefined
    return linksFrom(this.editor.graph, node.id).some((link) => link.output === place.index)
  }

  /** Whether the link in the air could end here. Null: none is in the air. */
  takes(node: Node, place: SocketPlace): boolean | null {
    if (this.pulled === null) return null
    const { place: given, node: from } = this.pulled.from
    if (given.side === place.side || from === node.id) return false
    return given.side === 'output' ? fits(given.type, place.type) : fits(place.type, given.type)
  }

  setValue(node: Node, input: string, value: Json, final: boolean): void {
    const mark = `value ${this.editor.graphId} ${node.id} ${input}`
    this.editor.make(setValue(this.place, node.id, input, value), t('canvas.deed.set', { name: input }), mark)
    if (final) this.editor.seal()
  }

  measure(id: NodeId, height: number): void {
    if (this.measured.get(id) === height) return
    this.measured.set(id, height)
    this.onmeasured()
  }

  keep(id: NodeId, held: boolean): void {
    if (held) this.kept.add(id)
    else this.kept.delete(id)
    this.onkept()
  }
}

export function furnish(room: Room): Room {
  return setContext(KEY, room)
}

export function room(): Room {
  return getContext<Room>(KEY)
}
