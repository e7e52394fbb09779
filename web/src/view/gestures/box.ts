/** Selecting all that a rectangle touches. */

import type { Box, Point } from '../../core/document'
import { toScreen } from '../camera'
import { holds, overlap } from '../boxes'
import type { Gesture, Spot, Stage } from '../stage'

export function boxing(stage: Stage, start: Spot): Gesture {
  const before = stage.selection()
  const adds = start.shift
  return {
    scrolls: true,
    move(spot) {
      // The camera may have moved since: the corner stays where it was in the graph.
      stage.box(toScreen(stage.look(), start.graph), spot.screen)
      const area = boxOf(start.graph, spot.graph)
      const { scene } = stage
      const nodes = scene.nodesIn(area)
      const reroutes = [...scene.graph.reroutes.values()].filter(({ pos }) =>
        overlap({ ...pos, width: 0, height: 0 }, area),
      )
      // A group is meant only if the rectangle holds all of it: it is behind everything.
      const groups = [...scene.graph.groups.values()].filter(({ box }) => holds(area, box))
      stage.select({
        nodes: new Set([...(adds ? before.nodes : []), ...nodes]),
        reroutes: new Set([...(adds ? before.reroutes : []), ...reroutes.map(({ id }) => id)]),
        groups: new Set([...(adds ? before.groups : []), ...groups.map(({ id }) => id)]),
      })
    },
    end(_spot, moved) {
      stage.box(null, start.screen)
      if (!moved && !adds) stage.select({})
    },
    cancel() {
      stage.box(null, start.screen)
      stage.select(before)
    },
  }
}

export function boxOf(a: Point, b: Point): Box {
  return {
    x: Math.min(a.x, b.x),
    y: Math.min(a.y, b.y),
    width: Math.abs(a.x - b.x),
    height: Math.abs(a.y - b.y),
  }
}
