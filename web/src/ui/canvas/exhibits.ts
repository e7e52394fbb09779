/** How much room nodes want for what they show, found again only where something changed. */

import type { Graph, Node, NodeId } from '../../core/document'
import type { Spec, Specs } from '../../core/specs'
import { exhibitOfFiles, exhibitOfRun } from '../../run/exhibit'
import type { NodeRun } from '../../run/run.svelte'
import { wantedFor } from '../../view/feet'

export interface Exhibitors {
  readonly graph: Graph
  readonly specs: Specs
  readonly specOf: (node: Node) => Spec | undefined
  /** The heights that media took where they stood in the page. */
  readonly measured: ReadonlyMap<NodeId, number>
  /** By the ids that nodes have in a prompt. */
  readonly runs: ReadonlyMap<string, NodeRun>
  readonly path: readonly NodeId[]
}

export class Exhibits {
  private wanted: ReadonlyMap<NodeId, number> = new Map()
  private files: ReadonlyMap<NodeId, number> = new Map()
  private seen: { nodes: Graph['nodes']; specs: Specs } | undefined

  /** The wanted heights by node; the same object as long as none is another. */
  update(from: Exhibitors): ReadonlyMap<NodeId, number> {
    const { nodes } = from.graph
    if (this.seen?.nodes !== nodes || this.seen.specs !== from.specs) {
      this.seen = { nodes, specs: from.specs }
      this.files = filesOf(from)
    }
    const wanted = new Map(this.files)
    const prefix = from.path.map((id) => `${id}:`).join('')
    for (const [id, run] of from.runs) {
      if (!id.startsWith(prefix)) continue
      const own = id.slice(prefix.length)
      const height = nodes.has(own) ? wantedFor(exhibitOfRun(run)) : 0
      if (height > 0) wanted.set(own, height)
    }
    for (const id of wanted.keys()) {
      const height = from.measured.get(id)
      if (height !== undefined) wanted.set(id, height)
    }
    if (!alike(wanted, this.wanted)) this.wanted = wanted
    return this.wanted
  }
}

function filesOf({ graph, specOf }: Exhibitors): ReadonlyMap<NodeId, number> {
  const found = new Map<NodeId, number>()
  for (const node of graph.nodes.values()) {
    const height = wantedFor(exhibitOfFiles(node, specOf(node)))
    if (height > 0) found.set(node.id, height)
  }
  return found
}

function alike(a: ReadonlyMap<NodeId, number>, b: ReadonlyMap<NodeId, number>): boolean {
  return a.size === b.size && [...a].every(([id, height]) => b.get(id) === height)
}
