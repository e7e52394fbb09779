/** Making a node or a group larger or smaller by its corner. */

import type { Group, Node } from '../../core/document'
import { groupBoxed, replaced } from '../edits'
import type { Gesture, Spot, Stage } from '../stage'
import { snapStep, snapped } from './drag'

const GROUP_LEAST = 80

export function resizing(stage: Stage, node: Node, start: Spot): Gesture {
  const layout = stage.scene.layout(node)
  const foot = stage.scene.foot(node)
  let draft = node
  const sized = (width: number, height: number): Node => ({
    ...node,
    size: { width: Math.max(layout.least.width, width), height: Math.max(layout.least.height, height) },
  })
  return {
    scrolls: true,
    move(spot) {
      const step = snapStep(stage, spot)
      const width = layout.width + snapped(layout.width, spot.graph.x - start.graph.x, step)
      const down = snapped(layout.height + foot, spot.graph.y - start.graph.y, step)
      // Who pulls at a foot makes it part of the body; if texts take that room too, the foot stays.
      draft = sized(width, layout.height + (down === 0 ? 0 : foot + down))
      if (down !== 0 && foot > 0 && stage.scene.foot(draft) > 0) draft = sized(width, layout.height + down)
      stage.scene.draft(draft)
      stage.redraw([node.id])
    },
    end() {
      stage.scene.dropDrafts()
      stage.make(replaced(stage.scene.graph, draft), 'resize')
      stage.redraw([node.id])
    },
    cancel() {
      stage.scene.dropDrafts()
      stage.redraw([node.id])
    },
  }
}

export function resizingGroup(stage: Stage, group: Group, start: Spot): Gesture {
  let box = group.box
  return {
    scrolls: true,
    move(spot) {
      const step = snapStep(stage, spot)
      const width = Math.max(
        GROUP_LEAST,
        group.box.width + snapped(group.box.width, spot.graph.x - start.graph.x, step),
      )
      const height = Math.max(
        GROUP_LEAST,
        group.box.height + snapped(group.box.height, spot.graph.y - start.graph.y, step),
      )
      box = { ...group.box, width, height }
      stage.scene.sizeGroup(group.id, box)
      stage.redraw()
    },
    end() {
      stage.scene.sizeGroup(group.id, null)
      if (box !== group.box) stage.make(groupBoxed(stage.scene.graph, group, box), 'resize')
      else stage.select({ groups: new Set([group.id]) })
    },
    cancel() {
      stage.scene.sizeGroup(group.id, null)
      stage.redraw()
    },
  }
}
