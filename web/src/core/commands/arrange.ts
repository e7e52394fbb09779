/** Where things lie: moving, aligning, distributing, snapping. Pinned nodes stay. */

import type { Change } from '../changes'
import type { Box, Node, NodeId, Point } from '../document'
import { nodeBox } from '../geometry'
import { placeGraph, specOf, type Place } from '../place'
import type { Selection } from '../selection'
import { edited, type GraphEdit } from './edit'
import { changed } from './nodes'

export type Side = 'left' | 'center' | 'right' | 'top' | 'middle' | 'bottom'
export const GRID = 10

/** Moves nodes, groups with what lies in them, and reroutes. */
export function move(place: Place, selection: Selection, by: Point): Change[] {
  if (by.x === 0 && by.y === 0) return []
  return edited(place, (graph) => {
    const nodes = new Set(selection.nodes)
    const reroutes = new Set(selection.reroutes)
    for (const id of selection.groups) {
      const group = graph.find('group', id)
      if (group === undefined) continue
      const inside = contents(place, group.box)
      inside.nodes.forEach((node) => nodes.add(node))
      inside.reroutes.forEach((reroute) => reroutes.add(reroute))
      const inner = inside.groups.filter((other) => other !== id && !selection.groups.has(other))
      for (const other of [id, ...inner]) moveGroup(graph, other, by)
    }
    for (const id of nodes) moveNode(graph, id, by)
    for (const id of reroutes) {
      const reroute = graph.find('reroute', id)
      if (reroute !== undefined) graph.put('reroute', { ...reroute, pos: plus(reroute.pos, by) })
    }
  })
}

function moveNode(graph: GraphEdit, id: NodeId, by: Point): void {
  const node = graph.node(id)
  if (node !== undefined && !node.pinned) graph.put('node', { ...node, pos: plus(node.pos, by) })
}

function moveGroup(graph: GraphEdit, id: number, by: Point): void {
  const group = graph.find('group', id)
  const before = graph.graph.groups.get(id)
  // a group inside two others that are moved goes once
  if (group !== undefined && group === before)
    graph.put('group', { ...group, box: { ...group.box, ...plus(group.box, by) } })
}

export function plus(a: Point, b: Point): Point {
  return { x: a.x + b.x, y: a.y + b.y }
}

/** What lies in a box: nodes and groups by their middle, reroutes as points. */
export function contents(place: Place, box: Box): { nodes: NodeId[]; groups: number[]; reroutes: number[] } {
  const graph = placeGraph(place)
  const nodes = [...graph.nodes.values()].filter((node) =>
    holds(box, middle(nodeBox(node, specOf(place, node)))),
  )
  const groups = [...graph.groups.values()].filter((group) => encloses(box, group.box))
  const reroutes = [...graph.reroutes.values()].filter((reroute) => holds(box, reroute.pos))
  return {
    nodes: nodes.map(({ id }) => id),
    groups: groups.map(({ id }) => id),
    reroutes: reroutes.map(({ id }) => id),
  }
}

function holds(box: Box, { x, y }: Point): boolean {
  return x >= box.x && y >= box.y && x <= box.x + box.width && y <= box.y + box.height
}

function encloses(outer: Box, inner: Box): boolean {
  return holds(outer, inner) && holds(outer, { x: inner.x + inner.width, y: inner.y + inner.height })
}

function middle(box: Box): Point {
  return { x: box.x + box.width / 2, y: box.y + box.height / 2 }
}

/** The box around nodes with their titles; undefined for none. */
export function boxOfNodes(place: Place, ids: Iterable<NodeId>): Box | undefined {
  const boxes = boxesOf(place, ids).map(([, box]) => box)
  if (boxes.length === 0) return undefined
  const [x, y] = [Math.min(...boxes.map((box) => box.x)), Math.min(...boxes.map((box) => box.y))]
  const right = Math.max(...boxes.map((box) => box.x + box.width))
  const bottom = Math.max(...boxes.map((box) => box.y + box.height))
  return { x, y, width: right - x, height: bottom - y }
}

function boxesOf(place: Place, ids: Iterable<NodeId>): [Node, Box][] {
  const { nodes } = placeGraph(place)
  return [...ids].flatMap((id): [Node, Box][] => {
    const node = nodes.get(id)
    return node === undefined ? [] : [[node, nodeBox(node, specOf(place, node))]]
  })
}

/** Brings nodes to one line: a side of the box around them, or its middle. */
export function align(place: Place, ids: Iterable<NodeId>, side: Side): Change[] {
  const list = [...ids]
  const around = boxOfNodes(place, list)
  if (around === undefined || list.length < 2) return []
  return shifted(place, list, (box) => {
    switch (side) {
      case 'left':
        return { x: around.x - box.x, y: 0 }
      case 'center':
        return { x: around.x + around.width / 2 - box.x - box.width / 2, y: 0 }
      case 'right':
        return { x: around.x + around.width - box.x - box.width, y: 0 }
      case 'top':
        return { x: 0, y: around.y - box.y }
      case 'middle':
        return { x: 0, y: around.y + around.height / 2 - box.y - box.height / 2 }
      case 'bottom':
        return { x: 0, y: around.y + around.height - box.y - box.height }
    }
  })
}

/** Spreads nodes so that the room between them is equal; the outer two stay. */
export function distribute(place: Place, ids: Iterable<NodeId>, axis: 'x' | 'y'): Change[] {
  const extent = axis === 'x' ? 'width' : 'height'
  const boxes = boxesOf(place, ids).sort(([, a], [, b]) => a[axis] - b[axis])
  const [first, last] = [boxes[0]?.[1], boxes.at(-1)?.[1]]
  if (first === undefined || last === undefined || boxes.length < 3) return []
  const room = last[axis] + last[extent] - first[axis] - boxes.reduce((sum, [, box]) => sum + box[extent], 0)
  const gap = room / (boxes.length - 1)
  const wanted = new Map<NodeId, number>()
  let at = first[axis]
  for (const [node, box] of boxes) {
    wanted.set(node.id, at)
    at += box[extent] + gap
  }
  return shifted(place, wanted.keys(), (box, node) => ({
    x: 0,
    y: 0,
    [axis]: (wanted.get(node.id) ?? box[axis]) - box[axis],
  }))
}

export function snap(place: Place, ids: Iterable<NodeId>, grid = GRID): Change[] {
  return changed(place, ids, (node) => (node.pinned ? node : { ...node, pos: snapped(node.pos, grid) }))
}

export function snapped(point: Point, grid = GRID): Point {
  return { x: Math.round(point.x / grid) * grid, y: Math.round(point.y / grid) * grid }
}

function shifted(place: Place, ids: Iterable<NodeId>, by: (box: Box, node: Node) => Point): Change[] {
  return changed(place, ids, (node) => {
    const { x, y } = by(nodeBox(node, specOf(place, node)), node)
    return node.pinned
      ? node
      : { ...node, pos: { x: Math.round(node.pos.x + x), y: Math.round(node.pos.y + y) } }
  })
}
