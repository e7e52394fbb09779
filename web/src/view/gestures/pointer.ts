/**
 * Tells presses, drags, long presses and pinches apart and hands each press to the gesture that
 * wants it. What no gesture wants is left to the canvas library: panning and zooming.
 */

import type { Point } from '../../core/document'
import { toGraph, type Look } from '../camera'
import type { Gesture, Spot } from '../stage'
import { scrolling } from './scroll'

const CLICK_PIXELS = 4
const TOUCH_CLICK_PIXELS = 10
const LONG_PRESS_MILLISECONDS = 550

export interface PointerOptions {
  readonly look: () => Look
  /** The gesture for a press, or null if it is none of ours. */
  readonly begin: (event: PointerEvent, spot: Spot) => Gesture | null
  readonly hover: (event: PointerEvent, spot: Spot) => void
  readonly longPress: (event: PointerEvent, spot: Spot) => void
  /** Moves the camera by pixels of the screen. */
  readonly pan: (by: Point) => void
  /** Draws at once what moved, so that it is one with the cards. */
  readonly draw: () => void
}

interface Press {
  readonly id: number
  readonly from: Point
  readonly gesture: Gesture
  readonly slack: number
  moved: boolean
  last: PointerEvent
}

/** `pane`: the element in `host` through which presses reach the canvas library. */
export function pointing(host: HTMLElement, pane: HTMLElement, first: PointerOptions) {
  let options = first
  let press: Press | null = null
  let claimed = false
  let last = false
  let timer: ReturnType<typeof setTimeout> | undefined
  const touches = new Set<number>()
  const edges = scrolling({
    size: () => ({ width: host.clientWidth, height: host.clientHeight }),
    pan: (by) => options.pan(by),
    moved() {
      press?.gesture.move(spotOf(press.last))
      options.draw()
    },
  })

  function spotOf(event: MouseEvent): Spot {
    const box = host.getBoundingClientRect()
    const screen = { x: event.clientX - box.left, y: event.clientY - box.top }
    return {
      screen,
      graph: toGraph(options.look(), screen),
      shift: event.shiftKey,
      ctrl: event.ctrlKey || event.metaKey,
      alt: event.altKey,
    }
  }

  function down(event: PointerEvent): void {
    if (event.pointerType === 'touch') touches.add(event.pointerId)
    if (touches.size > 1) {
      // The second finger makes it a pinch: whatever the first one began is taken back.
      cancel()
      return
    }
    claimed = false
    last = false
    const spot = spotOf(event)
    if (event.pointerType === 'touch') timer = setTimeout(() => held(event, spot), LONG_PRESS_MILLISECONDS)
    const gesture = options.begin(event, spot)
    if (gesture === null) return
    claimed = true
    last = true
    const slack = event.pointerType === 'touch' ? TOUCH_CLICK_PIXELS : CLICK_PIXELS
    press = { id: event.pointerId, from: spot.screen, gesture, slack, moved: false, last: event }
    window.addEventListener('pointermove', move)
    window.addEventListener('pointerup', up)
    window.addEventListener('pointercancel', cancel)
    window.addEventListener('keydown', escape, true)
  }

  function held(event: PointerEvent, spot: Spot): void {
    cancel()
    options.longPress(event, spot)
  }

  function move(event: PointerEvent): void {
    if (press === null || event.pointerId !== press.id) return
    const spot = spotOf(event)
    press.last = event
    if (!press.moved && Math.hypot(spot.screen.x - press.from.x, spot.screen.y - press.from.y) < press.slack)
      return
    press.moved = true
    clearTimeout(timer)
    if (press.gesture.scrolls) edges.at(spot.screen)
    press.gesture.move(spot)
  }

  function up(event: PointerEvent): void {
    touches.delete(event.pointerId)
    clearTimeout(timer)
    if (press === null || event.pointerId !== press.id) return
    const { gesture, moved } = press
    release()
    gesture.end(spotOf(event), moved)
  }

  function cancel(): void {
    clearTimeout(timer)
    const gesture = press?.gesture
    release()
    gesture?.cancel()
  }

  function escape(event: KeyboardEvent): void {
    if (event.key !== 'Escape') return
    event.stopPropagation()
    cancel()
  }

  function release(): void {
    press = null
    claimed = false
    edges.stop()
    window.removeEventListener('pointermove', move)
    window.removeEventListener('pointerup', up)
    window.removeEventListener('pointercancel', cancel)
    window.removeEventListener('keydown', escape, true)
  }

  /** The canvas library listens to these; it must not pan while we drag. */
  function keep(event: Event): void {
    if (claimed) event.stopPropagation()
  }

  function hover(event: PointerEvent): void {
    if (press === null && event.pointerType !== 'touch') options.hover(event, spotOf(event))
    else if (timer !== undefined && press === null) clearTimeout(timer)
  }

  function lift(event: PointerEvent): void {
    touches.delete(event.pointerId)
    if (press === null) clearTimeout(timer)
  }

  host.addEventListener('pointerdown', down, true)
  pane.addEventListener('mousedown', keep)
  pane.addEventListener('touchstart', keep, { passive: true })
  host.addEventListener('pointermove', hover)
  window.addEventListener('pointerup', lift)
  window.addEventListener('pointercancel', lift)

  return {
    update(next: PointerOptions): void {
      options = next
    },
    /** Whether the last press was a gesture of ours: then the click after it is not one on the ground. */
    wasOurs: () => last,
    /** Ends whatever is going on, without a change. */
    cancel,
    spotOf,
    destroy(): void {
      cancel()
      host.removeEventListener('pointerdown', down, true)
      pane.removeEventListener('mousedown', keep)
      pane.removeEventListener('touchstart', keep)
      host.removeEventListener('pointermove', hover)
      window.removeEventListener('pointerup', lift)
      window.removeEventListener('pointercancel', lift)
    },
  }
}
