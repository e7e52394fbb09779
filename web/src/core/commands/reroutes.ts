/** Bends in links, which several links may share. */

import type { Change } from '../changes'
import type { LinkId, Point } from '../document'
import { bends } from '../paths'
import { without } from '../json'
import { placeGraph, type Place } from '../place'
import { edited, type GraphEdit } from './edit'

/** Adds a bend to a link, after `segment` of those that it has: 0 lies nearest its output. */
export function addReroute(place: Place, link: LinkId, pos: Point, segment?: number): Change[] {
  const held = placeGraph(place).links.get(link)
  if (held === undefined) return []
  const chain = bends(placeGraph(place), held)
  const after = Math.min(segment ?? chain.length, chain.length)
  const [before, next] = [chain[after - 1], chain[after]]
  return edited(place, (graph) => {
    const id = graph.edit.ids.next('reroute')
    graph.put('reroute', before === undefined ? { id, pos } : { id, pos, parent: before.id })
    if (next === undefined) graph.put('link', { ...held, reroute: id })
    else graph.put('reroute', { ...next, parent: id })
  })
}

export function moveReroute(place: Place, id: number, pos: Point): Change[] {
  return edited(place, (graph) => {
    const reroute = graph.find('reroute', id)
    if (reroute !== undefined) graph.put('reroute', { ...reroute, pos })
  })
}

/** Removes bends; the links run on without them. */
export function removeReroutes(place: Place, ids: Iterable<number>): Change[] {
  return edited(place, (graph) => {
    for (const id of ids) straightened(graph, id)
  })
}

export function straightened(graph: GraphEdit, id: number): void {
  const reroute = graph.find('reroute', id)
  if (reroute === undefined) return
  const { parent } = reroute
  for (const other of graph.all('reroute')) {
    if (other.parent === id) graph.put('reroute', hung(other, 'parent', parent))
  }
  for (const link of graph.all('link')) {
    if (link.reroute === id) graph.put('link', hung(link, 'reroute', parent))
  }
  graph.drop('reroute', id)
}

function hung<T extends object, K extends keyof T & string>(thing: T, key: K, value: T[K] | undefined): T {
  return value === undefined ? (without(thing as never, key) as T) : { ...thing, [key]: value }
}
