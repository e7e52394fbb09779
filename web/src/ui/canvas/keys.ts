/** The canvas by keyboard: from node to node, into one, from socket to socket, and links. */

import { tick } from 'svelte'
import { move } from '../../core/commands/arrange'
import { disconnectInput, disconnectOutput } from '../../core/commands/links'
import type { NodeId } from '../../core/document'
import { linkInto, linksFrom } from '../../core/links'
import { flipped } from '../../view/gestures/drag'
import { firstOf, neighbour, type Direction } from '../../view/neighbours'
import type { SocketHit } from '../../view/scene'
import { partners, socketOf } from '../../view/sockets'
import type { Stage } from '../../view/stage'
import { t } from '../i18n/index.svelte'
import type { Room } from './room.svelte'
import { stateSentence, typeName } from './words'

export interface Keyboard {
  readonly room: Room
  readonly stage: () => Stage
  readonly reveal: (id: NodeId) => void
  readonly near: () => boolean
  readonly host: () => HTMLElement
  readonly zoomTo: (id: NodeId) => void
}

interface Choosing {
  readonly from: SocketHit
  readonly fitting: readonly SocketHit[]
  at: number
  readonly back: HTMLElement
}

const DIRECTIONS: { readonly [key: string]: Direction } = {
  ArrowLeft: 'left',
  ArrowRight: 'right',
  ArrowUp: 'up',
  ArrowDown: 'down',
}
const VECTORS = { left: [-1, 0], right: [1, 0], up: [0, -1], down: [0, 1] } as const
const STEP = 10
/** What keys reach in a card, in the order of the page. */
const ITEMS = '.socket, input, textarea, button:not(.socket), [tabindex="0"]'
/** Milliseconds to wait for a card that has to come into the page first. */
const PATIENCE = 1500

export function keyboard({ room, stage, reveal, near, host, zoomTo }: Keyboard) {
  let choosing: Choosing | null = null
  const say: NonNullable<Room['actions']['announce']> = (key, params) => room.actions.announce?.(key, params)

  function cardOf(id: NodeId): HTMLElement | null {
    return host().querySelector<HTMLElement>(`.svelte-flow__node[data-id="${CSS.escape(id)}"]`)
  }

  function focus(id: NodeId, select = true): void {
    const { scene, select: choose } = stage()
    const node = scene.node(id)
    if (node === undefined) return
    room.current = id
    room.entered = false
    if (select) choose({ nodes: new Set([id]) })
    reveal(id)
    void arrived(id).then(
      (card) => room.current === id && !room.entered && card?.focus({ preventScroll: true }),
    )
    const run = room.runOf(id)
    const { inputs, outputs } = scene.layout(node)
    say('canvas.said.node', {
      title: room.titleOf(node),
      state: run ? `${stateSentence(run)}.` : '',
      inputs: inputs.length,
      outputs: outputs.length,
    })
  }

  /** The card once it is in the page; null if it does not come, as when one looks from afar. */
  async function arrived(id: NodeId): Promise<HTMLElement | null> {
    const end = performance.now() + (near() ? PATIENCE : 0)
    for (;;) {
      await tick()
      const card = cardOf(id)
      if (card !== null || performance.now() >= end) return card
      await new Promise(requestAnimationFrame)
    }
  }

  function go(direction: Direction, event: KeyboardEvent): void {
    const { scene, selection, make } = stage()
    if (event.shiftKey && selection().nodes.size > 0) {
      const [x, y] = VECTORS[direction]
      const step = event.altKey ? 1 : STEP
      make(move(room.place, selection(), { x: x * step, y: y * step }), 'move')
      const box = scene.box([...selection().nodes][0] ?? '')
      if (box) say('canvas.said.moved', { x: Math.round(box.x), y: Math.round(box.y) })
      return
    }
    const from = room.current ?? [...selection().nodes][0]
    const next =
      from === undefined ? firstOf(scene, scene.graph.nodes.keys()) : neighbour(scene, from, direction)
    if (next !== undefined) focus(next, !event.ctrlKey && !event.metaKey)
  }

  async function enter(id: NodeId): Promise<void> {
    if (!near()) {
      zoomTo(id)
      await new Promise((done) => setTimeout(done, 300))
    }
    const card = await arrived(id)
    if (card === null) return
    const note = card.querySelector<HTMLElement>('[data-edit]')
    if (note !== null) {
      note.dispatchEvent(new MouseEvent('dblclick', { bubbles: true }))
      return
    }
    room.entered = true
    await tick()
    const items = itemsOf(card)
    const first =
      items.find((item) => item.closest('[data-input]')) ??
      items.find((item) => item.classList.contains('socket')) ??
      items[0]
    first?.focus()
    const node = stage().scene.node(id)
    if (node !== undefined) say('canvas.said.inside', { title: room.titleOf(node) })
  }

  function itemsOf(card: HTMLElement): HTMLElement[] {
    const items = [...card.querySelectorAll<HTMLElement>(ITEMS)].filter(
      (item) =>
        !item.hasAttribute('disabled') && item.offsetParent !== null && item.getAttribute('type') !== 'file',
    )
    const top = (item: HTMLElement): number =>
      Math.round(item.getBoundingClientRect().top / 8) * 4000 + item.getBoundingClientRect().left
    return items.sort((a, b) => top(a) - top(b))
  }

  function leave(): void {
    const id = room.current
    room.entered = false
    if (id === null) return
    cardOf(id)?.focus({ preventScroll: true })
    const node = stage().scene.node(id)
    if (node !== undefined) say('canvas.said.outside', { title: room.titleOf(node) })
  }

  function inside(event: KeyboardEvent, card: HTMLElement): void {
    const item = event.target as HTMLElement
    if (event.key === 'Escape') {
      done(event)
      return leave()
    }
    if (item.matches('input:not([type=range]), textarea')) return
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0
    if (step !== 0) {
      done(event)
      const items = itemsOf(card)
      items[Math.min(items.length - 1, Math.max(0, items.indexOf(item) + step))]?.focus()
    } else if (item.classList.contains('socket')) onSocket(event, item)
  }

  function socketFor(item: HTMLElement): SocketHit | undefined {
    const { side, name, index } = item.dataset
    return room.current === null
      ? undefined
      : socketOf(
          stage().scene,
          room.current,
          side === 'input' ? 'input' : 'output',
          name ?? '',
          Number(index),
        )
  }

  function onSocket(event: KeyboardEvent, item: HTMLElement): void {
    const hit = socketFor(item)
    if (hit === undefined) return
    if (event.key === 'Enter' || event.key === 'c') {
      done(event)
      const fitting = partners(stage().scene, hit)
      if (fitting.length === 0) return say('canvas.said.nothing-fits', { type: typeName(hit.place) })
      choosing = { from: hit, fitting, at: 0, back: item }
      say('canvas.said.choosing', { name: hit.place.label, count: fitting.length })
      show()
    } else if (event.key === 'Delete' || event.key === 'Backspace') {
      done(event)
      unplug(hit)
    }
  }

  function unplug({ node, place }: SocketHit): void {
    const { graph } = stage().scene
    const linked =
      place.side === 'input'
        ? linkInto(graph, node, place.name)
        : linksFrom(graph, node).find((link) => link.output === place.index)
    if (linked === undefined) return
    const changes =
      place.side === 'input'
        ? disconnectInput(room.place, { node, input: place.name })
        : disconnectOutput(room.place, { node, output: place.index })
    stage().make(changes, 'disconnect')
    say('canvas.said.unlinked')
  }

  function show(): void {
    const candidate = choosing?.fitting[choosing.at]
    if (choosing === null || candidate === undefined) return
    room.pulled = {
      from: choosing.from,
      unplugged: null,
      to: candidate.point,
      target: candidate,
      refusal: null,
    }
    reveal(candidate.node)
    const node = stage().scene.node(candidate.node)
    const title = node === undefined ? '' : room.titleOf(node)
    const socket = t(candidate.place.side === 'input' ? 'canvas.socket.input' : 'canvas.socket.output', {
      name: candidate.place.label,
      type: typeName(candidate.place),
    })
    say('canvas.said.candidate', { socket, title, number: choosing.at + 1, count: choosing.fitting.length })
  }

  function onChoosing(event: KeyboardEvent, now: Choosing): void {
    done(event)
    const step =
      event.key === 'ArrowRight' || event.key === 'ArrowDown'
        ? 1
        : event.key === 'ArrowLeft' || event.key === 'ArrowUp'
          ? -1
          : 0
    if (step !== 0) {
      now.at = (now.at + step + now.fitting.length) % now.fitting.length
      return show()
    }
    if (event.key !== 'Enter' && event.key !== 'Escape') return
    choosing = null
    room.pulled = null
    const target = now.fitting[now.at]
    if (event.key === 'Enter' && target !== undefined) {
      stage().connect(now.from, target, null)
      say('canvas.said.linked')
    }
    if (room.current !== null) reveal(room.current)
    now.back.focus({ preventScroll: true })
  }

  function onNode(event: KeyboardEvent, id: NodeId): void {
    const { selection, select } = stage()
    if (event.key === 'Enter' && !event.ctrlKey && !event.metaKey) {
      done(event)
      void enter(id)
    } else if (event.key === ' ') {
      done(event)
      select({ nodes: flipped(selection().nodes, id) })
      say('canvas.said.selected', { count: selection().nodes.size })
    } else if (event.key === 'F2') {
      done(event)
      room.renaming = id
    } else if (event.key === 'Escape') {
      done(event)
      room.current = null
      select({})
      host().querySelector<HTMLElement>('.svelte-flow')?.focus()
    }
  }

  return {
    focus,
    /** For `keydown` on the canvas. */
    press(event: KeyboardEvent): void {
      if (event.defaultPrevented) return
      if (choosing !== null) return onChoosing(event, choosing)
      const target = event.target as HTMLElement
      const card = target.closest<HTMLElement>('.svelte-flow__node')
      if (card !== null && target !== card) return inside(event, card)
      const direction = DIRECTIONS[event.key]
      if (direction !== undefined && !(event.altKey && !event.shiftKey)) {
        done(event)
        go(direction, event)
      } else if (room.current !== null) onNode(event, room.current)
    },
    /** For `focusin`: pressing a field with the pointer enters its node too. */
    focused(event: FocusEvent): void {
      const target = event.target as HTMLElement
      const id = target.closest<HTMLElement>('.svelte-flow__node')?.dataset.id
      if (room.current !== null && room.current !== id) room.keep(room.current, false)
      if (id === undefined) return
      room.current = id
      room.entered = !target.matches('.svelte-flow__node')
      // What has the focus stays in the page: nobody loses what they type by moving the canvas.
      room.keep(id, true)
    },
  }
}

function done(event: KeyboardEvent): void {
  event.preventDefault()
  event.stopPropagation()
}
