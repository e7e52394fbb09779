/** What a measured page offers to the script, whatever draws the canvas. */

export interface Look {
  /** The graph's coordinates at the window's top left corner. */
  readonly x: number
  readonly y: number
  readonly zoom: number
}

export interface Bench {
  /** What takes the events of hands. */
  readonly pane: HTMLElement
  readonly look: () => Look
  readonly setLook: (look: Look) => void
  readonly place: (id: string) => { readonly x: number; readonly y: number }
  /** From a node's place to where it is grabbed. */
  readonly grip: { readonly x: number; readonly y: number }
  /** In the order in which they lie, row by row. */
  readonly ids: readonly string[]
  readonly select: (every: boolean) => void
}

/** Tells the script that the picture is on the screen: two frames from now. */
export function ready(bench: Bench): void {
  requestAnimationFrame(() =>
    requestAnimationFrame(() => {
      performance.measure('opened', 'open')
      Object.assign(window, { bench })
    }),
  )
}

/** Waits for a frame in which the library has done its part. */
export function once(done: () => boolean, then: () => void): void {
  if (done()) then()
  else requestAnimationFrame(() => once(done, then))
}
