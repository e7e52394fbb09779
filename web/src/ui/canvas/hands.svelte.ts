/** What a pointer does on the canvas beside the gestures: hovering, menus, double clicks, drops. */

import type { GateSide } from '../../core/commands/gates'
import { addReroute } from '../../core/commands/reroutes'
import type { LinkId, Point } from '../../core/document'
import { toGraph } from '../../view/camera'
import { pieceAt } from '../../view/curve'
import { groupAt, linkAt, nodeAt, rerouteAt } from '../../view/find'
import { choose } from '../../view/gestures/choose'
import { flipped } from '../../view/gestures/drag'
import type { PointerOptions } from '../../view/gestures/pointer'
import { GROUP_TITLE } from '../../view/groups'
import type { Spot, Stage } from '../../view/stage'
import { t } from '../i18n/index.svelte'
import type { Eye } from './eye.svelte'
import type { Room } from './room.svelte'

/** Pixels of the screen that still count as on a link, on a reroute, on a group's title. */
const ON_LINK = 7
const ON_REROUTE = 9
const ON_TITLE = 16

export interface Hands {
  readonly room: Room
  readonly stage: Stage
  readonly eye: Eye
  readonly host: () => HTMLElement
  readonly selects: () => boolean
  readonly isCard: (id: string) => boolean
  readonly lookAt: (id: string) => void
  /** Draws at once. */
  readonly draw: () => void
  readonly nameGroup: (id: number) => void
  readonly nameGate: (side: GateSide, id: string) => void
}

export class Pointers {
  hovered: LinkId | null = $state.raw(null)
  cursor = $state('')
  /** Space is down: whatever is pressed moves the canvas. */
  holding = $state(false)

  constructor(private readonly parts: Hands) {}

  readonly options: PointerOptions = {
    look: () => this.parts.eye.look,
    begin: (event, spot) => {
      const { stage, selects, isCard, eye } = this.parts
      const pan = (from: Point, to: Point): void => eye.pan(from, to)
      return choose(
        { stage, selects, isCard, pan, holding: () => this.holding, onLink: (id, at) => this.onLink(id, at) },
        event,
        spot,
      )
    },
    hover: (event, spot) => this.hover(event, spot),
    pan: ({ x, y }) => this.parts.eye.pan({ x, y }, { x: 0, y: 0 }),
    draw: () => this.parts.draw(),
    longPress: (event, spot) => this.menu(event.target as Element, spot.screen, spot.graph),
  }

  contextMenu = (event: MouseEvent): void => {
    if ((event.target as Element).closest('input, textarea, [popover]')) return
    event.preventDefault()
    // A long press of a finger was told by us already.
    if (event instanceof PointerEvent && event.pointerType === 'touch') return
    const screen = this.onCanvas(event)
    this.menu(event.target as Element, screen, toGraph(this.parts.eye.look, screen))
  }

  doubleClick = (event: MouseEvent): void => {
    const target = event.target as Element
    if (target.closest('.svelte-flow__pane') === null || target.closest('[data-id]')) return
    const { stage, room, lookAt, nameGroup, nameGate } = this.parts
    const at = this.inGraph(event)
    const node = nodeAt(stage.scene, at)
    const panel = stage.scene.panelAt(at)
    const group = this.titleAt(at)
    if (node !== undefined) lookAt(node)
    else if (panel?.gate !== undefined) nameGate(panel.side, panel.gate.id)
    else if (panel !== undefined) return
    else if (group !== undefined) nameGroup(group.id)
    else if (this.linkAt(at) === undefined)
      room.actions.search?.({ at, screen: { x: event.clientX, y: event.clientY }, from: null })
  }

  drop = (event: DragEvent): void => {
    const files = [...(event.dataTransfer?.files ?? [])]
    if (files.length === 0) return
    event.preventDefault()
    this.parts.room.actions.dropFiles?.(files, this.inGraph(event))
  }

  space = (event: KeyboardEvent): void => {
    const target = event.target as HTMLElement
    if (event.key !== ' ' || target.closest('input, textarea, button, select, [contenteditable]')) return
    this.holding = event.type === 'keydown'
  }

  /** A place of the canvas on the page. */
  onPage({ x, y }: Point): Point {
    const corner = this.parts.host().getBoundingClientRect()
    return { x: corner.left + x, y: corner.top + y }
  }

  /** A place of the page in the graph. */
  inGraph(event: { readonly clientX: number; readonly clientY: number }): Point {
    return toGraph(this.parts.eye.look, this.onCanvas(event))
  }

  private onCanvas({ clientX, clientY }: { readonly clientX: number; readonly clientY: number }): Point {
    const corner = this.parts.host().getBoundingClientRect()
    return { x: clientX - corner.left, y: clientY - corner.top }
  }

  private hover(event: PointerEvent, { graph }: Spot): void {
    const free = event.buttons === 0 && (event.target as Element).closest('[data-id]') === null
    const bare = free && nodeAt(this.parts.stage.scene, graph) === undefined
    const link = bare ? (this.linkAt(graph)?.id ?? null) : null
    if (link !== this.hovered) this.hovered = link
    const panel = bare ? this.parts.stage.scene.panelAt(graph) : undefined
    const held = (bare && (panel !== undefined || this.titleAt(graph) !== undefined)) || (free && !bare)
    this.cursor = link !== null ? 'pointer' : held ? 'grab' : ''
  }

  /** A click selects it, another asks for its menu; with Alt it gets a bend. */
  private onLink(id: LinkId, spot: Spot): void {
    const { room, stage } = this.parts
    const { editor } = room
    const link = stage.scene.graph.links.get(id)
    const curve = link && stage.scene.curve(link)
    if (curve === undefined) return
    if (spot.alt) {
      const at = { x: Math.round(spot.graph.x), y: Math.round(spot.graph.y) }
      editor.make(addReroute(room.place, id, at, pieceAt(curve, spot.graph)), t('canvas.deed.reroute'))
      return
    }
    const again = editor.selection.links.has(id)
    editor.select({ links: spot.shift || spot.ctrl ? flipped(editor.selection.links, id) : new Set([id]) })
    if (again) room.actions.menu?.({ kind: 'link', id }, this.onPage(spot.screen), spot.graph)
  }

  private menu(target: Element, screen: Point, at: Point): void {
    const { room, stage } = this.parts
    const { menu } = room.actions
    if (menu === undefined) return
    const page = this.onPage(screen)
    const { scene } = stage
    const card = target.closest<HTMLElement>('[data-id]')?.dataset.id ?? nodeAt(scene, at)
    if (card !== undefined) {
      const input = target.closest<HTMLElement>('[data-input]')?.dataset.input
      if (!stage.selection().nodes.has(card)) stage.select({ nodes: new Set([card]) })
      menu(input === undefined ? { kind: 'node', id: card } : { kind: 'widget', id: card, input }, page, at)
      return
    }
    const reroute = rerouteAt(scene, at, ON_REROUTE / this.parts.eye.look.zoom)
    const link = this.linkAt(at)
    const group = groupAt(scene, at, 0, true)
    if (reroute !== undefined) menu({ kind: 'reroute', id: reroute.id }, page, at)
    else if (link !== undefined) menu({ kind: 'link', id: link.id }, page, at)
    else if (group !== undefined) menu({ kind: 'group', id: group.id }, page, at)
    else menu({ kind: 'canvas' }, page, at)
  }

  private linkAt(at: Point) {
    return linkAt(this.parts.stage.scene, at, ON_LINK / this.parts.eye.look.zoom)
  }

  private titleAt(at: Point) {
    return groupAt(this.parts.stage.scene, at, Math.max(GROUP_TITLE, ON_TITLE / this.parts.eye.look.zoom))
  }
}
