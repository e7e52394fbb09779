/** What concerns all that is selected at once. */

import type { Change } from '../changes'
import type { Graph } from '../document'
import type { Place } from '../place'
import { isEmpty, type Selection } from '../selection'
import { edited } from './edit'
import { cut } from './links'
import { removed } from './nodes'
import { straightened } from './reroutes'

/** Removes all that is selected; with `heal` links pass over the nodes that go. */
export function removeSelection(place: Place, selection: Selection, heal = false): Change[] {
  if (isEmpty(selection)) return []
  return edited(place, (graph) => {
    cut(
      graph,
      [...selection.links].flatMap((id) => graph.find('link', id) ?? []),
    )
    removed(graph, selection.nodes, heal)
    for (const id of selection.reroutes) straightened(graph, id)
    for (const id of selection.groups) if (graph.find('group', id) !== undefined) graph.drop('group', id)
  })
}

/** All that changes add to a graph, so as to select it. */
export function added(changes: readonly Change[], graph: Graph['id']): Selection {
  const fresh = changes.filter((change) => change.graph === graph && change.before === undefined)
  const ids = (kind: Change['kind']) =>
    fresh.flatMap((change) =>
      change.kind === kind && change.after && 'id' in change.after ? [change.after.id] : [],
    )
  return {
    nodes: new Set(ids('node').map(String)),
    links: new Set(),
    groups: new Set(ids('group').map(Number)),
    reroutes: new Set(ids('reroute').map(Number)),
  }
}

export function everything(graph: Graph): Selection {
  return {
    nodes: new Set(graph.nodes.keys()),
    links: new Set(),
    groups: new Set(graph.groups.keys()),
    reroutes: new Set(graph.reroutes.keys()),
  }
}
