/** Which gesture a press begins, by what lies under the pointer. */

import type { Point } from '../../core/document'
import { GROUP_CORNER, GROUP_TITLE } from '../groups'
import { overlap } from '../boxes'
import { groupAt, linkAt, nodeAt, rerouteAt, socketAt } from '../find'
import type { SocketHit } from '../scene'
import { socketOf } from '../sockets'
import type { Gesture, Spot, Stage } from '../stage'
import { boxing } from './box'
import { pulling } from './connect'
import { dragging } from './drag'
import { draggingGate, draggingPanel } from './panel'
import { resizing, resizingGroup } from './resize'

/** Pixels of the screen around what is drawn that still count as it. */
const NEAR_SOCKET = 10
const NEAR_LINK = 7
const NEAR_REROUTE = 9
const SOCKETS_ABOVE = 0.22

export interface Ways {
  readonly stage: Stage
  /** Whether the canvas is held to be moved: by Space. */
  readonly holding: () => boolean
  /** Whether a bare drag selects; otherwise it moves the canvas, as in ComfyUI. */
  readonly selects: () => boolean
  readonly isCard: (id: string) => boolean
  readonly onLink: (id: number, spot: Spot) => void
  readonly pan: (from: Point, to: Point) => void
}

/** Null: the canvas library pans or zooms. */
export function choose(ways: Ways, event: PointerEvent, spot: Spot): Gesture | null {
  if (event.button !== 0 || ways.holding()) return null
  const target = event.target as Element
  const card = target.closest<HTMLElement>('[data-id]')
  if (card !== null) return onCard(ways, target, card.dataset.id ?? '', spot)
  if (target.closest('.svelte-flow__pane') === null) return IDLE
  return onPane(ways, event, spot)
}

/** Keeps a press from the canvas library, for the widget that it is on. */
const IDLE: Gesture = { move: () => undefined, end: () => undefined, cancel: () => undefined }

function onCard({ stage }: Ways, target: Element, id: string, spot: Spot): Gesture {
  const socket = target.closest<HTMLElement>('.socket')
  const hit =
    socket &&
    socketOf(
      stage.scene,
      id,
      socket.dataset.side === 'input' ? 'input' : 'output',
      socket.dataset.name ?? '',
      Number(socket.dataset.index),
    )
  if (hit) return pulling(stage, hit)
  const node = stage.scene.node(id)
  if (node !== undefined && target.closest('[data-resize]')) return resizing(stage, node, spot)
  if (target.closest('.nodrag, input, textarea, button, a, select')) return IDLE
  return dragging(stage, { kind: 'node', id }, spot)
}

function onPane(ways: Ways, event: PointerEvent, spot: Spot): Gesture | null {
  const { stage } = ways
  const { scene } = stage
  const { zoom } = stage.look()
  const socket = drawnSocket(ways, spot.graph, zoom)
  if (socket !== undefined) return pulling(stage, socket)
  const node = nodeAt(scene, spot.graph)
  if (node !== undefined) return dragging(stage, { kind: 'node', id: node }, spot)
  const reroute = rerouteAt(scene, spot.graph, NEAR_REROUTE / zoom)
  if (reroute !== undefined) return dragging(stage, { kind: 'reroute', id: reroute.id }, spot)
  const panel = scene.panelAt(spot.graph)
  if (panel?.gate !== undefined) return draggingGate(stage, panel.side, panel.gate, panel.index)
  if (panel !== undefined) return draggingPanel(stage, panel.side, spot)
  const link = linkAt(scene, spot.graph, NEAR_LINK / zoom)
  if (link !== undefined) return onLink(ways, link.id)
  const corner = groupCorner(stage, spot.graph)
  if (corner !== undefined) return resizingGroup(stage, corner, spot)
  const group = groupAt(scene, spot.graph, Math.max(GROUP_TITLE, 16 / zoom))
  if (group !== undefined) return dragging(stage, { kind: 'group', id: group.id }, spot)
  const selects = spot.shift || spot.ctrl || (ways.selects() && event.pointerType === 'mouse')
  return selects ? boxing(stage, spot) : null
}

/** A click is for the link; a drag moves the canvas as beside it. */
function onLink(ways: Ways, id: number): Gesture {
  let last: Point | null = null
  return {
    move(spot) {
      if (last !== null) ways.pan(last, spot.screen)
      last = spot.screen
    },
    end(spot, moved) {
      if (!moved) ways.onLink(id, spot)
    },
    cancel: () => undefined,
  }
}

function drawnSocket({ stage, isCard }: Ways, point: Point, zoom: number): SocketHit | undefined {
  if (zoom < SOCKETS_ABOVE) return undefined
  const hit = socketAt(stage.scene, point, NEAR_SOCKET / zoom)
  return hit === undefined || isCard(hit.node) ? undefined : hit
}

function groupCorner(stage: Stage, point: Point) {
  return [...stage.scene.graph.groups.values()].findLast((group) => {
    const { x, y, width, height } = stage.scene.groupBox(group)
    const corner = {
      x: x + width - GROUP_CORNER,
      y: y + height - GROUP_CORNER,
      width: GROUP_CORNER,
      height: GROUP_CORNER,
    }
    return overlap(corner, { ...point, width: 0, height: 0 })
  })
}
