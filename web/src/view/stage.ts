/** What gestures act upon: the scene, the camera, and ways to tell what they want. */

import type { Change } from '../core/changes'
import type { Refusal as Refused } from '../core/commands/links'
import type { GateSide } from '../core/commands/gates'
import type { Gate, Link, LinkId, NodeId, Point, Size } from '../core/document'
import type { Selection } from '../core/selection'
import type { Look } from './camera'
import type { Scene, SocketHit } from './scene'

/** What a step of undo is called: keys that the page has words for. */
export type Deed = 'move' | 'resize' | 'connect' | 'disconnect'

/** Why a link may not end here. */
export type Refusal = Refused | { readonly key: 'side'; readonly params: Refused['params'] }

/** A link in the air. */
export interface Pulled {
  /** The end that stays. */
  readonly from: SocketHit
  /** The link that was taken off its input. */
  readonly unplugged: Link | null
  readonly to: Point
  readonly target: SocketHit | null
  readonly refusal: Refusal | null
}

export interface Stage {
  readonly scene: Scene
  readonly look: () => Look
  readonly size: () => Size
  readonly selection: () => Selection
  readonly select: (selection: Partial<Selection>) => void
  readonly make: (changes: readonly Change[], deed: Deed) => void
  /** Draws what a gesture moved. `nodes`: cards whose place or size is another. */
  readonly redraw: (nodes?: Iterable<NodeId>) => void
  /** To what positions snap, in the graph's units; 0: they do not. */
  readonly snap: () => number
  readonly pull: (pulled: Pulled | null) => void
  readonly box: (corner: Point | null, other: Point) => void
  readonly hide: (link: LinkId | null) => void
  readonly refused: (refusal: Refusal, at: Point) => void
  /** A link was let go over nothing: what fits is asked for. */
  readonly dropped: (from: SocketHit, at: Point, screen: Point) => void
  /** Links two sockets; `unplugged` goes. */
  readonly connect: (a: SocketHit, b: SocketHit, unplugged: Link | null) => void
  readonly disconnect: (link: Link) => void
  /** Puts a gate of the subgraph elsewhere among its own. */
  readonly reorder: (side: GateSide, gate: Gate, index: number) => void
  /** A gate was clicked: keys act on it. */
  readonly touch: (side: GateSide, gate: Gate) => void
}

/** A pointer's place, on the screen from the canvas's corner and in the graph. */
export interface Spot {
  readonly screen: Point
  readonly graph: Point
  readonly shift: boolean
  readonly ctrl: boolean
  readonly alt: boolean
}

/** One press of the pointer, from down to up. */
export interface Gesture {
  /** Called once the pointer went further than a click does. */
  readonly move: (spot: Spot) => void
  readonly end: (spot: Spot, moved: boolean) => void
  readonly cancel: () => void
  /** At the window's edge the camera moves along. */
  readonly scrolls?: boolean
}
