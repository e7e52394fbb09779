/** Which node lies next in a direction: for moving the focus by the arrow keys. */

import type { NodeId } from '../core/document'
import type { Scene } from './scene'

export type Direction = 'left' | 'right' | 'up' | 'down'

/** The nearest node that lies mostly that way; what is off to the side counts as farther. */
export function neighbour(scene: Scene, from: NodeId, direction: Direction): NodeId | undefined {
  const start = scene.box(from)
  if (start === undefined) return undefined
  const [x, y] = [start.x + start.width / 2, start.y + start.height / 2]
  let best: NodeId | undefined
  let least = Infinity
  for (const id of scene.graph.nodes.keys()) {
    const box = id === from ? undefined : scene.box(id)
    if (box === undefined) continue
    const [dx, dy] = [box.x + box.width / 2 - x, box.y + box.height / 2 - y]
    const [ahead, aside] =
      direction === 'left'
        ? [-dx, dy]
        : direction === 'right'
          ? [dx, dy]
          : direction === 'up'
            ? [-dy, dx]
            : [dy, dx]
    const cost = ahead + 2.2 * Math.abs(aside)
    if (ahead > 1 && Math.abs(aside) <= ahead * 3 && cost < least) [best, least] = [id, cost]
  }
  return best
}

/** The node to begin with: the one furthest towards the top left of those given. */
export function firstOf(scene: Scene, ids: Iterable<NodeId>): NodeId | undefined {
  let best: NodeId | undefined
  let least = Infinity
  for (const id of ids) {
    const box = scene.box(id)
    if (box !== undefined && box.x + box.y < least) [best, least] = [id, box.x + box.y]
  }
  return best
}
