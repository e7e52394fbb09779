/** What of a graph is selected. */

import type { Graph, LinkId, NodeId } from './document'

export interface Selection {
  readonly nodes: ReadonlySet<NodeId>
  readonly links: ReadonlySet<LinkId>
  readonly groups: ReadonlySet<number>
  readonly reroutes: ReadonlySet<number>
}

export const NOTHING: Selection = {
  nodes: new Set(),
  links: new Set(),
  groups: new Set(),
  reroutes: new Set(),
}

export function isEmpty(selection: Selection): boolean {
  return selection.nodes.size + selection.links.size + selection.groups.size + selection.reroutes.size === 0
}

/** The selection without what is no longer there. */
export function present(selection: Selection, graph: Graph): Selection {
  return {
    nodes: kept(selection.nodes, graph.nodes),
    links: kept(selection.links, graph.links),
    groups: kept(selection.groups, graph.groups),
    reroutes: kept(selection.reroutes, graph.reroutes),
  }
}

function kept<T>(chosen: ReadonlySet<T>, there: ReadonlyMap<T, unknown>): ReadonlySet<T> {
  return [...chosen].every((id) => there.has(id))
    ? chosen
    : new Set([...chosen].filter((id) => there.has(id)))
}
