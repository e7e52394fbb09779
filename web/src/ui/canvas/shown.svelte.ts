/** The cards in the page as the canvas library takes them: the same object as long as nothing of it changed. */

import { flushSync } from 'svelte'
import type { Node as FlowNode } from '@xyflow/svelte'
import type { Box, Node, NodeId } from '../../core/document'
import { Cards, type Looking } from '../../view/cards'
import type { Layout } from '../../view/layout'
import type { Scene } from '../../view/scene'

export type CardNode = FlowNode<{ node: Node; layout: Layout; foot: number }, 'card'>

/** Milliseconds of a frame that may go into making cards. */
const BUDGET = 5

export class Shown {
  nodes: CardNode[] = $state.raw([])
  near = $state(false)
  readonly cards = new Cards()
  private made = new Map<NodeId, CardNode>()
  /** How long a card takes to make here, as measured. */
  private cost = 2

  /** Lets cards come and go; whether there is more to do. */
  step(
    scene: Scene,
    looking: Omit<Looking, 'most'>,
    chosen: ReadonlySet<NodeId>,
    labelOf: (node: Node) => string,
  ): boolean {
    const before = this.cards.since.size
    const most = Math.max(1, Math.floor(BUDGET / this.cost))
    const { changed, more } = this.cards.step(scene, { ...looking, most })
    if (this.near !== this.cards.near) this.near = this.cards.near
    if (changed) {
      const start = performance.now()
      this.update(scene, chosen, labelOf)
      flushSync()
      const come = this.cards.since.size - before
      if (come > 0) this.cost = 0.7 * this.cost + 0.3 * Math.max(0.2, (performance.now() - start) / come)
    }
    return more
  }

  /** Takes positions, nodes and selection as they are now. */
  update(scene: Scene, chosen: ReadonlySet<NodeId>, labelOf: (node: Node) => string): void {
    const made = new Map<NodeId, CardNode>()
    let same = this.cards.since.size === this.nodes.length
    for (const id of this.cards.since.keys()) {
      const node = scene.node(id)
      const box = scene.box(id)
      if (node === undefined || box === undefined) continue
      const layout = scene.layout(node)
      const foot = scene.foot(node)
      const z = chosen.has(id) ? 2 : 1
      const old = this.made.get(id)
      const kept =
        old?.data.node === node &&
        old.data.layout === layout &&
        old.data.foot === foot &&
        old.zIndex === z &&
        old.position.x === box.x &&
        old.position.y === box.y
      same &&= kept
      made.set(id, kept ? old : cardOf({ node, layout, foot }, box, z, old, labelOf(node)))
    }
    this.made = made
    if (!same) this.nodes = [...made.values()]
  }

  clear(): void {
    this.cards.clear()
    this.made.clear()
    this.nodes = []
  }
}

function cardOf(
  fresh: CardNode['data'],
  box: Box,
  zIndex: number,
  old: CardNode | undefined,
  ariaLabel: string,
): CardNode {
  const { x, y, width, height } = box
  const { node, layout, foot } = fresh
  const same = old?.data.node === node && old.data.layout === layout && old.data.foot === foot
  const data = same ? old.data : fresh
  const attributes = { tabIndex: -1, 'aria-describedby': `node-${node.id}-state` }
  // With its size and (no) handles given the library need not measure it.
  return {
    id: node.id,
    type: 'card',
    position: { x, y },
    data,
    width,
    height,
    measured: { width, height },
    handles: [],
    zIndex,
    ariaLabel,
    ariaRole: 'group',
    domAttributes: attributes,
  }
}
