/** A picture that is looked at through a box, by wheel, pinch, drag and keys. */

import type { Attachment } from 'svelte/attachments'
import { centred, fitted, kept, zoomed, type Size, type View } from './zoom'

const KEY_FACTOR = 1.25
const KEY_PIXELS = 60
// One notch of a common wheel, 100 units, changes the size by about a fifth.
const WHEEL_RATE = 0.002

export class Zoom {
  view: View = $state.raw({ x: 0, y: 0, scale: 1 })
  box: Size = $state.raw({ width: 0, height: 0 })
  picture: Size = $state.raw({ width: 0, height: 0 })
  /** Whether the picture is to stay whole when the box changes. */
  private whole = true
  // Nothing is drawn from it.

  private readonly pointers = new Map<number, { x: number; y: number }>()

  get ready(): boolean {
    return this.box.width > 0 && this.picture.width > 0
  }

  show(picture: Size): void {
    this.picture = picture
    this.fit()
  }

  fit(): void {
    this.whole = true
    if (this.ready) this.view = fitted(this.picture, this.box)
  }

  /** One pixel of the picture to one of the page. */
  actual(): void {
    this.whole = false
    this.view = kept(centred(this.picture, this.box, 1), this.picture, this.box)
  }

  by(factor: number, x = this.box.width / 2, y = this.box.height / 2): void {
    if (!this.ready) return
    this.whole = false
    this.view = zoomed(this.view, factor, x, y, this.picture, this.box)
  }

  move(x: number, y: number): void {
    this.whole = false
    const { view } = this
    this.view = kept({ ...view, x: view.x + x, y: view.y + y }, this.picture, this.box)
  }

  /** Does what a key means; false if it means nothing here. */
  key(event: KeyboardEvent): boolean {
    if (event.ctrlKey || event.metaKey || event.altKey) return false
    const action = this.keys[event.key]
    if (!action) return false
    action()
    event.preventDefault()
    event.stopPropagation()
    return true
  }

  private readonly keys: { readonly [key: string]: () => void } = {
    '+': () => this.by(KEY_FACTOR),
    '=': () => this.by(KEY_FACTOR),
    '-': () => this.by(1 / KEY_FACTOR),
    '0': () => this.fit(),
    '1': () => this.actual(),
    ArrowLeft: () => this.move(KEY_PIXELS, 0),
    ArrowRight: () => this.move(-KEY_PIXELS, 0),
    ArrowUp: () => this.move(0, KEY_PIXELS),
    ArrowDown: () => this.move(0, -KEY_PIXELS),
  }

  /** Watches the box's size, wheel and pointers. */
  readonly gestures: Attachment<HTMLElement> = (element) => {
    const observer = new ResizeObserver(() => {
      this.box = { width: element.clientWidth, height: element.clientHeight }
      if (this.whole) this.fit()
      else this.view = kept(this.view, this.picture, this.box)
    })
    observer.observe(element)
    const control = new AbortController()
    const { signal } = control
    element.addEventListener('wheel', (event) => this.wheel(event, element), { signal, passive: false })
    element.addEventListener('pointerdown', (event) => this.down(event, element), { signal })
    element.addEventListener('pointermove', (event) => this.drag(event, element), { signal })
    for (const end of ['pointerup', 'pointercancel'] as const)
      element.addEventListener(end, (event) => this.pointers.delete(event.pointerId), { signal })
    return () => {
      observer.disconnect()
      control.abort()
    }
  }

  private wheel(event: WheelEvent, element: HTMLElement): void {
    event.preventDefault()
    event.stopPropagation()
    const { x, y } = placeIn(element, event)
    this.by(Math.exp(-event.deltaY * WHEEL_RATE * (event.deltaMode === 1 ? 16 : 1)), x, y)
  }

  private down(event: PointerEvent, element: HTMLElement): void {
    if (event.button !== 0 || (event.target as Element).closest('button, a, input')) return
    event.stopPropagation()
    element.setPointerCapture(event.pointerId)
    this.pointers.set(event.pointerId, placeIn(element, event))
  }

  private drag(event: PointerEvent, element: HTMLElement): void {
    const before = this.pointers.get(event.pointerId)
    if (!before) return
    const now = placeIn(element, event)
    const other = [...this.pointers].find(([id]) => id !== event.pointerId)?.[1]
    this.pointers.set(event.pointerId, now)
    if (!other) return this.move(now.x - before.x, now.y - before.y)
    const apart = (point: { x: number; y: number }) =>
      Math.max(1, Math.hypot(point.x - other.x, point.y - other.y))
    this.by(apart(now) / apart(before), (now.x + other.x) / 2, (now.y + other.y) / 2)
  }
}

/** Where an event is in an element's own pixels, also where the canvas around it is zoomed. */
export function placeIn(element: HTMLElement, event: MouseEvent): { x: number; y: number } {
  const { left, top, width } = element.getBoundingClientRect()
  const ratio = width > 0 ? element.clientWidth / width : 1
  return { x: (event.clientX - left) * ratio, y: (event.clientY - top) * ratio }
}
