/** What is done to the graph that is looked at: by keys, menus and the palette. Each is one step of undo. */

import { apply, type Change } from '../core/changes'
import { align, boxOfNodes, distribute, type Side } from '../core/commands/arrange'
import { copy, duplicate, hiddenText, paste } from '../core/commands/clipboard'
import { addGroup } from '../core/commands/groups'
import { connect, inputFor, insertIntoLink, outputFor } from '../core/commands/links'
import { addNode, nextNode, toggleCollapsed, toggleMode, togglePinned } from '../core/commands/nodes'
import { added, everything, removeSelection } from '../core/commands/selection'
import { makeSubgraph, unpack } from '../core/commands/subgraphs'
import { addNote, addPrimitive } from '../core/commands/widgets'
import type { Box, LinkId, Node, NodeId, Point } from '../core/document'
import { BYPASSED, MUTED, PRIMITIVE } from '../core/document'
import { inputPoint, nodeBox, outputPoint, TITLE } from '../core/geometry'
import type { JsonObject } from '../core/json'
import { placeGraph, specOf, type Place } from '../core/place'
import type { Spec } from '../core/specs'
import type { App } from './app.svelte'
import type { SearchWish } from './canvas/room.svelte'
import type { Editor } from './editor.svelte'
import { t, type Key, type Params } from './i18n/index.svelte'
import { notices } from './notices.svelte'

/** How far from another a node is put that would lie exactly on it. */
const ASIDE = 30
/** Room between a node and one that is put beside it. */
const GAP = 70

/** Where a new node goes, and what it is wired to. */
export interface Adding {
  /** Without it beside what is selected, or in the middle of what is seen. */
  readonly at?: Point | undefined
  /** The socket that a link was pulled from. */
  readonly from?: SearchWish['from']
  /** A link that the node is put into. */
  readonly into?: LinkId | undefined
  readonly values?: JsonObject
}

export class Editing {
  /** What was copied last: browsers do not always give the clipboard away. */
  private held = ''

  constructor(private readonly app: App) {}

  /** Whether one instance of a subgraph is selected. */
  get instanceChosen(): boolean {
    return this.instance() !== undefined
  }

  // ---- clipboard ------------------------------------------------------------------------------

  /** The text for the clipboard of what is selected; '' for nothing. */
  copied(): string {
    const { editor } = this.app
    if (editor === undefined || editor.selection.nodes.size + editor.selection.groups.size === 0) return ''
    this.held = copy(editor.place, editor.selection)
    notices.say(t('edit.copied', { count: editor.selection.nodes.size }))
    return this.held
  }

  async copy(): Promise<void> {
    const text = this.copied()
    if (text === '') return
    try {
      await navigator.clipboard.writeText(text)
    } catch {
      // Not over plain HTTP, or not allowed: pasting on this page works all the same.
    }
  }

  async cut(): Promise<void> {
    await this.copy()
    this.removeSelected(false, 'action.cut')
  }

  /** Pastes what the system's clipboard has; where the browser keeps it to itself, what was copied here. */
  async paste(linked: boolean): Promise<void> {
    let text = ''
    try {
      text = await navigator.clipboard.readText()
    } catch {
      text = this.held
      if (text === '') notices.tell(t('edit.clipboard'))
      if (text === '') return
    }
    if (!this.take(text, '', linked)) notices.tell(t('edit.nothingToPaste'))
  }

  /** Pastes nodes; false if neither text has any. */
  take(text: string, html: string, linked: boolean): boolean {
    const { editor } = this.app
    if (editor === undefined) return false
    const at = this.app.pointer() ?? this.app.middle()
    const pasting = { at, outside: linked }
    const found = paste(editor.place, text, pasting) ?? paste(editor.place, hiddenText(html) ?? '', pasting)
    if (found === null || found.length === 0) return false
    const fresh = this.makeAndSelect(editor, found, t('action.paste'))
    notices.say(t('edit.pasted', { count: fresh }))
    return true
  }

  duplicate(): void {
    const { editor } = this.app
    if (editor) this.makeAndSelect(editor, duplicate(editor.place, editor.selection), t('action.duplicate'))
  }

  // ---- selection ------------------------------------------------------------------------------

  /** Removes what is selected; with `heal` links go on past the nodes. */
  remove(heal: boolean): void {
    this.removeSelected(heal, heal ? 'action.dissolve' : 'action.delete')
  }

  selectAll(): void {
    const { editor } = this.app
    editor?.select(everything(editor.graph))
  }

  toggleCollapsed(): void {
    this.onNodes('action.collapse', toggleCollapsed)
  }

  togglePinned(): void {
    this.onNodes('action.pin', togglePinned)
  }

  toggleMuted(): void {
    this.onNodes('action.mute', (place, ids) => toggleMode(place, ids, MUTED))
  }

  toggleBypassed(): void {
    this.onNodes('action.bypass', (place, ids) => toggleMode(place, ids, BYPASSED))
  }

  align(side: Side): void {
    this.onNodes(`action.align.${side === 'center' ? 'centre' : side}`, (place, ids) =>
      align(place, ids, side),
    )
  }

  distribute(axis: 'x' | 'y'): void {
    const key = axis === 'x' ? 'action.distribute.across' : 'action.distribute.down'
    this.onNodes(key, (place, ids) => distribute(place, ids, axis))
  }

  /** Puts what is selected in order, or everything. */
  async layout(): Promise<void> {
    const { editor } = this.app
    if (editor === undefined) return
    const { layout } = await import('../core/layout')
    const { nodes } = editor.selection
    const before = editor.document
    const changes = await layout(editor.place, nodes.size > 1 ? nodes : undefined)
    // What was changed meanwhile counts more than the order.
    if (editor.document !== before) return
    editor.make(changes, t('action.layout'))
    // The canvas takes the new places first.
    if (nodes.size <= 1 || nodes.size === editor.graph.nodes.size)
      requestAnimationFrame(() => this.app.canvas?.fit())
    notices.say(t('edit.arranged'))
  }

  rename(): void {
    const [only] = this.app.editor?.selection.nodes ?? []
    // A node that has just come is on the canvas in the next frame.
    if (only !== undefined) requestAnimationFrame(() => this.app.canvas?.rename(only))
  }

  // ---- groups and subgraphs -------------------------------------------------------------------

  group(): void {
    const { editor } = this.app
    if (editor === undefined) return
    const id = editor.document.lastGroup + 1
    editor.make(addGroup(editor.place, t('edit.group'), editor.selection.nodes), t('action.group'))
    if (editor.graph.groups.has(id)) requestAnimationFrame(() => this.app.canvas?.renameGroup(id))
  }

  makeSubgraph(): void {
    const { editor } = this.app
    if (editor === undefined) return
    const changes = makeSubgraph(editor.place, editor.selection, t('edit.subgraph'))
    this.makeAndSelect(editor, changes, t('action.subgraph'))
    this.rename()
  }

  unpack(): void {
    const { editor } = this.app
    const instance = this.instance()
    if (editor && instance) this.makeAndSelect(editor, unpack(editor.place, instance.id), t('action.unpack'))
  }

  enter(): void {
    const instance = this.instance()
    if (instance) this.app.editor?.enter(instance.id)
  }

  leave(): void {
    const { editor } = this.app
    const from = editor?.path.at(-1)
    if (editor === undefined || from === undefined) return
    editor.leaveTo(editor.path.length - 1)
    editor.select({ nodes: new Set([from]) })
  }

  // ---- adding ---------------------------------------------------------------------------------

  addNote(at: Point = this.app.middle()): void {
    const { editor } = this.app
    if (editor === undefined) return
    const id = nextNode(editor.place)
    this.makeAndSelect(editor, addNote(editor.place, at), t('action.note'))
    this.app.canvas?.focusNode(id)
  }

  /** Adds a node and wires it as asked, all in one step; its id. */
  add(spec: Spec, adding: Adding): NodeId | undefined {
    const { editor } = this.app
    if (editor === undefined) return undefined
    const { place } = editor
    const from = adding.from
    this.app.settings.used(spec.name)
    const title = t('edit.added', { title: spec.title })
    if (spec.name === PRIMITIVE && from?.place.side === 'input') {
      this.makeAndSelect(editor, addPrimitive(place, from.node, from.place.name), title)
      return undefined
    }
    const id = nextNode(place)
    const making = adding.values ? { values: adding.values } : {}
    const draft = addNode(place, spec, { x: 0, y: 0 }, making)
    const node = apply(place.document, draft).graphs.get(place.graph)?.nodes.get(id)
    if (node === undefined) return undefined
    const pos = adding.at ? placed(place, node, spec, { ...adding, at: adding.at }) : this.free(editor, node)
    const made = addNode(place, spec, pos, making)
    const after = { ...place, document: apply(place.document, made) }
    this.makeAndSelect(editor, [...made, ...wired(after, id, adding)], title)
    notices.say(t('search.added', { title: spec.title }))
    return id
  }

  /** Right of what is selected, else in the middle of what is seen; below what lies there already. */
  private free(editor: Editor, node: Node): Point {
    const { place } = editor
    const beside = boxOfNodes(place, editor.selection.nodes)
    const middle = this.app.middle()
    const { width, height } = node.size
    const x = beside ? beside.x + beside.width + GAP : middle.x - width / 2
    let y = beside ? beside.y + TITLE : middle.y - height / 2
    for (;;) {
      const below = [...editor.graph.nodes.values()].map((one) => nodeBox(one, specOf(place, one)))
      const box = { x, y: y - TITLE, width, height: height + TITLE }
      const hit = below.find((other) => overlap(box, other))
      if (hit === undefined) return { x: Math.round(x), y: Math.round(y) }
      y = hit.y + hit.height + ASIDE + TITLE
    }
  }

  // ---- common ---------------------------------------------------------------------------------

  /** Makes changes under the name of a command. */
  make(changes: readonly Change[], key: Key, params: Params = {}): void {
    this.app.editor?.make(changes, t(key, params))
  }

  private removeSelected(heal: boolean, key: Key): void {
    const { editor } = this.app
    if (editor === undefined) return
    const { nodes } = editor.selection
    editor.make(removeSelection(editor.place, editor.selection, heal), t(key))
    notices.say(t('edit.removed', { count: nodes.size }))
  }

  private onNodes(key: Key, command: (place: Place, ids: Iterable<NodeId>) => Change[]): void {
    const { editor } = this.app
    if (editor) editor.make(command(editor.place, editor.selection.nodes), t(key))
  }

  /** How many nodes came. */
  private makeAndSelect(editor: Editor, changes: readonly Change[], title: string): number {
    const graph = editor.graphId
    editor.make(changes, title)
    const selection = added(changes, graph)
    editor.select(selection)
    return selection.nodes.size
  }

  private instance(): Node | undefined {
    const { editor } = this.app
    const [only, ...others] = editor?.selection.nodes ?? []
    const node = only === undefined || others.length > 0 ? undefined : editor?.graph.nodes.get(only)
    return node && node.type !== '' && editor?.document.graphs.has(node.type) ? node : undefined
  }
}

/** Beside the socket that the link came from, with its own socket at the pointer; else around the point. */
function placed(place: Place, node: Node, spec: Spec, { at, from, into }: Adding & { at: Point }): Point {
  const { nodes } = placeGraph(place)
  let pos = { x: at.x - node.size.width / 2, y: at.y - TITLE / 2 }
  if (from?.place.side === 'output') {
    const input = node.inputs.find((socket) => socket.type === from.place.type) ?? node.inputs[0]
    pos = { x: at.x, y: at.y - inputPoint(node, spec, input?.name ?? '').y }
  } else if (from?.place.side === 'input') {
    const output = node.outputs.findIndex((socket) => socket.type === from.place.type)
    pos = { x: at.x - node.size.width, y: at.y - outputPoint(node, spec, Math.max(0, output)).y }
  } else if (into === undefined) {
    pos = { x: at.x - node.size.width / 2, y: at.y + TITLE / 2 }
  }
  const taken = () =>
    [...nodes.values()].some((one) => Math.hypot(one.pos.x - pos.x, one.pos.y - pos.y) < ASIDE / 2)
  pos = { x: Math.round(pos.x), y: Math.round(pos.y) }
  while (taken()) pos = { x: pos.x + ASIDE, y: pos.y + ASIDE }
  return pos
}

/** The links that a new node comes with. */
function wired(place: Place, id: NodeId, { from, into }: Adding): Change[] {
  if (into !== undefined) return insertIntoLink(place, into, id)
  if (!from) return []
  if (from.place.side === 'output') {
    const start = { node: from.node, output: from.place.index }
    const input = inputFor(place, id, start)
    return input === undefined ? [] : connect(place, start, { node: id, input })
  }
  const end = { node: from.node, input: from.place.name }
  const output = outputFor(place, id, end)
  return output === undefined ? [] : connect(place, { node: id, output }, end)
}

function overlap(a: Box, b: Box): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height
}
