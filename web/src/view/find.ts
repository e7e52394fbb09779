/** What lies where a pointer is: nodes and sockets, links and bends, groups and what they hold. */

import type { Group, Link, Node, NodeId, Point, Reroute } from '../core/document'
import { holds, overlap } from './boxes'
import { distance, type Curve } from './curve'
import { outline } from './layout'
import type { Scene, SocketHit } from './scene'

/** The topmost node under a point. */
export function nodeAt(scene: Scene, point: Point): NodeId | undefined {
  return scene.nodesIn({ ...point, width: 0, height: 0 }).at(-1)
}

/** The socket nearest to a point, within a distance. */
export function socketAt(scene: Scene, point: Point, within: number): SocketHit | undefined {
  const area = { x: point.x - within, y: point.y - within, width: 2 * within, height: 2 * within }
  let best: SocketHit | undefined
  let least = within
  for (const id of scene.nodesIn(area)) {
    const node = scene.node(id) as Node
    const layout = scene.layout(node)
    for (const place of [...layout.inputs, ...layout.outputs]) {
      const spot = scene.spot(node, place) as Point
      const apart = Math.hypot(spot.x - point.x, spot.y - point.y)
      if (apart <= least) [best, least] = [{ node: id, place, point: spot }, apart]
    }
  }
  for (const gate of scene.gates()) {
    const apart = Math.hypot(gate.x - point.x, gate.y - point.y)
    if (apart <= least) [best, least] = [{ node: gate.node, place: gate, point: gate }, apart]
  }
  return best
}

export function linkAt(scene: Scene, point: Point, within: number): Link | undefined {
  const area = { x: point.x - within, y: point.y - within, width: 2 * within, height: 2 * within }
  let best: Link | undefined
  let least = within
  for (const link of scene.linksIn(area)) {
    const apart = distance(scene.curve(link) as Curve, point)
    if (apart <= least) [best, least] = [link, apart]
  }
  return best
}

export function rerouteAt(scene: Scene, point: Point, within: number): Reroute | undefined {
  return [...scene.graph.reroutes.values()].findLast((reroute) => {
    const spot = scene.reroutePoint(reroute)
    return Math.hypot(spot.x - point.x, spot.y - point.y) <= within
  })
}

/** The topmost group whose title or, with `anywhere`, whose box is under a point. */
export function groupAt(scene: Scene, point: Point, title: number, anywhere = false): Group | undefined {
  return [...scene.graph.groups.values()].findLast((group) => {
    const box = scene.groupBox(group)
    return overlap({ ...box, height: anywhere ? box.height : title }, { ...point, width: 0, height: 0 })
  })
}

/** What moves with a group: nodes by their middle, groups that it holds all of, reroutes. */
export function contents(
  scene: Scene,
  group: Group,
): { nodes: NodeId[]; groups: number[]; reroutes: number[] } {
  const inside = (point: Point): boolean => overlap(group.box, { ...point, width: 0, height: 0 })
  const nodes = [...scene.graph.nodes.values()].filter((node) => {
    // Without its foot: a node does not leave its group because it has made something.
    const box = outline(node, scene.layout(node))
    return inside({ x: box.x + box.width / 2, y: box.y + box.height / 2 })
  })
  const groups = [...scene.graph.groups.values()].filter(
    (other) => other !== group && holds(group.box, other.box),
  )
  const reroutes = [...scene.graph.reroutes.values()].filter(({ pos }) => inside(pos))
  return {
    nodes: nodes.map(({ id }) => id),
    groups: groups.map(({ id }) => id),
    reroutes: reroutes.map(({ id }) => id),
  }
}
