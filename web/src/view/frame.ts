/** What one picture of the canvas is drawn from. */

import type { LinkId, Node, NodeId, Size } from '../core/document'
import type { Selection } from '../core/selection'
import type { NodeRun } from '../run/run.svelte'
import type { Look } from './camera'
import type { Palette } from './palette'
import type { Scene } from './scene'

export interface Frame {
  readonly scene: Scene
  readonly look: Look
  readonly size: Size
  /** Device pixels to one of CSS. */
  readonly density: number
  readonly palette: Palette
  readonly selection: Selection
  readonly hovered: LinkId | null
  /** A link that is being pulled off its input is not drawn in its place. */
  readonly hidden: LinkId | null
  /** Nodes that stand in the page as cards, and so are not drawn. */
  readonly isCard: (id: NodeId) => boolean
  readonly runOf: (id: NodeId) => NodeRun | undefined
  readonly titleOf: (node: Node) => string
  readonly categoryOf: (node: Node) => string
  /** How nodes look may change without a change of the graph. */
  readonly running: boolean
  /** What is drawn of what a gesture moves: all if it is left out. */
  readonly part?: Part
}

/** What stays, what moves as a whole, and the links between the two. */
export type Part = 'still' | 'moved' | 'between'

/** The context, cleared to a colour or to nothing, and set to the graph's units. */
export function begin(context: CanvasRenderingContext2D, frame: Frame, color = ''): void {
  const { look, density } = frame
  const scale = look.zoom * density
  context.setTransform(1, 0, 0, 1, 0, 0)
  const { width, height } = context.canvas
  if (color === '') context.clearRect(0, 0, width, height)
  else {
    context.fillStyle = color
    context.fillRect(0, 0, width, height)
  }
  context.setTransform(scale, 0, 0, scale, -look.x * scale, -look.y * scale)
}
