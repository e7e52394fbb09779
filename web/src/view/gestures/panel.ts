/** Moving a panel of a subgraph's gates, and putting a gate elsewhere in its row. */

import type { GateSide } from '../../core/commands/gates'
import type { Gate } from '../../core/document'
import { panelMoved, withPanel } from '../edits'
import { slotAt } from '../gates'
import type { Gesture, Spot, Stage } from '../stage'
import { snapStep, snapped } from './drag'

export function draggingPanel(stage: Stage, side: GateSide, start: Spot): Gesture {
  const { graph } = stage.scene
  const from = stage.scene.panel(side)
  let facts = graph.facts
  return {
    scrolls: true,
    move(spot) {
      const step = snapStep(stage, spot)
      const x = from.x + snapped(from.x, spot.graph.x - start.graph.x, step)
      const y = from.y + snapped(from.y, spot.graph.y - start.graph.y, step)
      facts = withPanel(graph, side, { x, y })
      stage.scene.draftPanels(facts)
      stage.redraw()
    },
    end() {
      stage.scene.draftPanels(null)
      stage.make(panelMoved(graph, facts), 'move')
      stage.redraw()
    },
    cancel() {
      stage.scene.draftPanels(null)
      stage.redraw()
    },
  }
}

export function draggingGate(stage: Stage, side: GateSide, gate: Gate, index: number): Gesture {
  const { graph } = stage.scene
  const show = (slot: number | null): void => {
    stage.scene.slot = slot === null ? null : { side, index: slot }
    stage.redraw()
  }
  return {
    scrolls: true,
    move: (spot) => show(slotAt(graph, side, spot.graph)),
    end(spot, moved) {
      show(null)
      if (!moved) return stage.touch(side, gate)
      const slot = slotAt(graph, side, spot.graph)
      // It leaves its own row first, so those below it come up by one.
      const to = slot > index ? slot - 1 : slot
      if (to !== index) stage.reorder(side, gate, to)
    },
    cancel: () => show(null),
  }
}
