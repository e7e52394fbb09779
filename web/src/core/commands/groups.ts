/** Groups: frames that nodes lie in. */

import type { Change } from '../changes'
import type { Box, Group, NodeId } from '../document'
import { placeGraph, type Place } from '../place'
import { boxOfNodes, contents } from './arrange'
import { edited } from './edit'

/** Around a group's nodes, and above them for its title. */
const MARGIN = 20
const HEAD = 40

/** A group around nodes, or an empty one with a box of its own. */
export function addGroup(place: Place, title: string, around: Iterable<NodeId> | Box, color = ''): Change[] {
  const box = isBox(around) ? around : framed(boxOfNodes(place, around))
  if (box === undefined) return []
  return edited(place, (graph) =>
    graph.put('group', { id: graph.edit.ids.next('group'), title, box, color, raw: {} }),
  )
}

function isBox(value: Iterable<NodeId> | Box): value is Box {
  return 'width' in value
}

function framed(box: Box | undefined): Box | undefined {
  if (box === undefined) return undefined
  const { x, y, width, height } = box
  return { x: x - MARGIN, y: y - HEAD, width: width + 2 * MARGIN, height: height + HEAD + MARGIN }
}

/** Draws a group's frame close around the nodes in it. */
export function fitGroup(place: Place, id: number): Change[] {
  const group = placeGraph(place).groups.get(id)
  const box = group && framed(boxOfNodes(place, contents(place, group.box).nodes))
  return box === undefined ? [] : updateGroup(place, id, { box })
}

/** Title, colour or box. Things in it stay where they are; `move` takes them along. */
export function updateGroup(
  place: Place,
  id: number,
  part: Partial<Pick<Group, 'title' | 'color' | 'box'>>,
): Change[] {
  return edited(place, (graph) => {
    const group = graph.find('group', id)
    if (group !== undefined) graph.put('group', { ...group, ...part })
  })
}

/** Removes frames; the nodes stay. */
export function removeGroups(place: Place, ids: Iterable<number>): Change[] {
  return edited(place, (graph) => {
    for (const id of ids) if (graph.find('group', id) !== undefined) graph.drop('group', id)
  })
}

/** The nodes that lie in a group. */
export function nodesIn(place: Place, id: number): NodeId[] {
  const group = placeGraph(place).groups.get(id)
  return group === undefined ? [] : contents(place, group.box).nodes
}
