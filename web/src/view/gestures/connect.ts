/** Pulling a link from a socket, or off an input, to another socket, a node's body, or nothing. */

import type { Link, Point } from '../../core/document'
import { linkInto } from '../../core/links'
import { nodeAt, socketAt } from '../find'
import type { SocketHit } from '../scene'
import { bestSocket, judge, socketOf, type Judge } from '../sockets'
import type { Gesture, Pulled, Spot, Stage } from '../stage'

/** How near to a socket, in pixels of the screen, the link jumps to it. */
const CATCH = 16

export function pulling(stage: Stage, socket: SocketHit): Gesture {
  const { scene } = stage
  const unplugged =
    (socket.place.side === 'input' && linkInto(scene.graph, socket.node, socket.place.name)) || null
  const from = (unplugged && outputEnd(stage, unplugged)) ?? socket
  const judged = judge(scene.graph, from)
  let pulled: Pulled | null = null

  const find = (spot: Spot): Pulled => {
    const near = socketAt(scene, spot.graph, CATCH / stage.look().zoom)
    const over = near ?? bodyAt(stage, from, spot.graph, judged)
    const target = over !== undefined && (over.node !== from.node || over.place !== from.place) ? over : null
    const why = target && judged(target)
    return { from, unplugged, to: target && why === null ? target.point : spot.graph, target, refusal: why }
  }

  return {
    scrolls: true,
    move(spot) {
      if (pulled === null && unplugged !== null) stage.hide(unplugged.id)
      pulled = find(spot)
      stage.pull(pulled)
    },
    end(spot, moved) {
      stage.pull(null)
      stage.hide(null)
      if (!moved) return
      const { target, refusal: why } = find(spot)
      if (target !== null && why === null) stage.connect(from, target, unplugged)
      else if (target !== null && why !== null) stage.refused(why, spot.screen)
      else if (unplugged !== null) stage.disconnect(unplugged)
      else if (nodeAt(scene, spot.graph) === undefined) stage.dropped(from, spot.graph, spot.screen)
    },
    cancel() {
      stage.pull(null)
      stage.hide(null)
    },
  }
}

function outputEnd(stage: Stage, link: Link): SocketHit | undefined {
  return socketOf(stage.scene, link.from, 'output', '', link.output) ?? gateEnd(stage, link)
}

function gateEnd(stage: Stage, link: Link): SocketHit | undefined {
  const place = stage.scene
    .gates()
    .find((gate) => gate.side === 'output' && gate.node === link.from && gate.index === link.output)
  return place && { node: place.node, place, point: place }
}

/** A node's body takes the link at the socket that fits best; none that fits is told at the drop. */
function bodyAt(stage: Stage, from: SocketHit, point: Point, judged: Judge): SocketHit | undefined {
  const id = nodeAt(stage.scene, point)
  return id === undefined || id === from.node ? undefined : bestSocket(stage.scene, id, from, judged)
}
