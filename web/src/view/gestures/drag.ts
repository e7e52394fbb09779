/** Moving nodes, groups with what lies in them, and reroutes; one change when it ends. */

import type { NodeId } from '../../core/document'
import { NOTHING, type Selection } from '../../core/selection'
import { moved } from '../edits'
import { contents } from '../find'
import type { Shift } from '../scene'
import type { Gesture, Spot, Stage } from '../stage'

/** Where the pointer went down: on a node, a group's title or a reroute. */
export type Grip =
  { readonly kind: 'node'; readonly id: NodeId } | { readonly kind: 'group' | 'reroute'; readonly id: number }

export function dragging(stage: Stage, grip: Grip, start: Spot): Gesture {
  const before = stage.selection()
  const held = isIn(before, grip)
  const adds = start.shift || start.ctrl
  const chosen = adds ? toggled(before, grip) : held ? before : toggled(NOTHING, grip)
  stage.select(chosen)
  let shift: Shift | null = null

  return {
    scrolls: true,
    move(spot) {
      shift ??= everything(stage, isIn(chosen, grip) ? chosen : toggled(chosen, grip))
      const step = snapStep(stage, spot)
      const anchor = anchorOf(stage, grip)
      shift = {
        ...shift,
        dx: snapped(anchor.x, spot.graph.x - start.graph.x, step),
        dy: snapped(anchor.y, spot.graph.y - start.graph.y, step),
      }
      stage.scene.move(shift)
      stage.redraw(shift.nodes)
    },
    end(_spot, didMove) {
      const done = shift
      stage.scene.move()
      if (done !== null) {
        stage.make(moved(stage.scene.graph, done), 'move')
        stage.redraw(done.nodes)
      } else if (!didMove && held && !adds) stage.select(toggled(NOTHING, grip))
    },
    cancel() {
      stage.scene.move()
      if (shift !== null) stage.redraw(shift.nodes)
      stage.select(before)
    },
  }
}

/** What is selected and what lies in selected groups, without what is pinned. */
function everything(stage: Stage, selection: Selection): Shift {
  const { graph } = stage.scene
  const nodes = new Set(selection.nodes)
  const reroutes = new Set(selection.reroutes)
  const groups = new Set(selection.groups)
  for (const id of selection.groups) {
    const group = graph.groups.get(id)
    if (group === undefined) continue
    const inside = contents(stage.scene, group)
    inside.nodes.forEach((node) => nodes.add(node))
    inside.groups.forEach((other) => groups.add(other))
    inside.reroutes.forEach((reroute) => reroutes.add(reroute))
  }
  for (const id of nodes) if (graph.nodes.get(id)?.pinned) nodes.delete(id)
  return { nodes, groups, reroutes, dx: 0, dy: 0 }
}

function anchorOf(stage: Stage, grip: Grip): { x: number; y: number } {
  const { graph } = stage.scene
  if (grip.kind === 'node') return graph.nodes.get(grip.id)?.pos ?? { x: 0, y: 0 }
  if (grip.kind === 'group') return graph.groups.get(grip.id)?.box ?? { x: 0, y: 0 }
  return graph.reroutes.get(grip.id)?.pos ?? { x: 0, y: 0 }
}

/** Holding Shift while dragging does the opposite of what is set. */
export function snapStep(stage: Stage, spot: Spot): number {
  const step = stage.snap()
  return spot.shift ? (step === 0 ? 10 : 0) : step
}

/** How far to move so that the place after it lies on the grid. */
export function snapped(place: number, by: number, step: number): number {
  return step === 0 ? Math.round(by) : Math.round((place + by) / step) * step - place
}

function isIn(selection: Selection, grip: Grip): boolean {
  if (grip.kind === 'node') return selection.nodes.has(grip.id)
  return (grip.kind === 'group' ? selection.groups : selection.reroutes).has(grip.id)
}

function toggled(selection: Selection, grip: Grip): Selection {
  if (grip.kind === 'node') return { ...selection, nodes: flipped(selection.nodes, grip.id) }
  if (grip.kind === 'group') return { ...selection, groups: flipped(selection.groups, grip.id) }
  return { ...selection, reroutes: flipped(selection.reroutes, grip.id) }
}

export function flipped<T>(set: ReadonlySet<T>, item: T): ReadonlySet<T> {
  const next = new Set(set)
  if (!next.delete(item)) next.add(item)
  return next
}
