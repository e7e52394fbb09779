/** Small documents for the tests, made by commands. */

import { apply, type Change } from '../../../src/core/changes'
import { addNode, nextNode } from '../../../src/core/commands/nodes'
import { connect } from '../../../src/core/commands/links'
import {
  emptyDocument,
  ROOT,
  type Graph,
  type GraphId,
  type Node,
  type NodeId,
} from '../../../src/core/document'
import { placeGraph, type Place } from '../../../src/core/place'
import type { Selection } from '../../../src/core/selection'
import { NOTHING } from '../../../src/core/selection'
import type { Spec } from '../../../src/core/specs'
import { SPECS } from './specs'

export class Bench {
  place: Place = { document: emptyDocument(), graph: ROOT, specs: SPECS }

  do(changes: readonly Change[]): readonly Change[] {
    this.place = { ...this.place, document: apply(this.place.document, changes) }
    return changes
  }

  /** Adds nodes in a row and gives their ids. */
  add(...specs: Spec[]): NodeId[] {
    return specs.map((spec) => {
      const id = nextNode(this.place)
      this.do(addNode(this.place, spec, { x: 300 * Number(id), y: 0 }))
      return id
    })
  }

  link(from: NodeId, to: NodeId, input: string, output = 0): void {
    this.do(connect(this.place, { node: from, output }, { node: to, input }))
  }

  enter(graph: GraphId): void {
    this.place = { ...this.place, graph }
  }

  get graph(): Graph {
    return placeGraph(this.place)
  }

  node(id: NodeId): Node {
    const node = this.graph.nodes.get(id)
    if (node === undefined) throw new Error(`no node ${id}`)
    return node
  }

  /** Every link as `from.output>to.input`, sorted. */
  get links(): string[] {
    return [...this.graph.links.values()]
      .map(({ from, output, to, input }) => `${from}.${output}>${to}.${input}`)
      .sort()
  }
}

export function these(...nodes: NodeId[]): Selection {
  return { ...NOTHING, nodes: new Set(nodes) }
}
