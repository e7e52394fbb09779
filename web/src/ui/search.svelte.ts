/** Finding a node to add: what was asked for, and what fits it. */

import { ROOT, type Graph, type GraphId, type LinkId, type Node, type NodeId } from '../core/document'
import { specOf } from '../core/place'
import { NodeSearch, type Filter, type Match } from '../core/search'
import type { Spec } from '../core/specs'
import { VIRTUAL_SPECS } from '../core/virtual'
import type { App } from './app.svelte'
import type { SearchWish } from './canvas/room.svelte'
import type { Editor } from './editor.svelte'

/** What is wanted: where, wired to what, or put into which link. */
export interface Wish extends Omit<SearchWish, 'at'> {
  /** Without it wherever there is room. */
  readonly at?: SearchWish['at']
  readonly into?: LinkId
}

export class Search {
  /** Undefined: nobody is looking for a node. */
  wish: Wish | undefined = $state.raw()
  text = $state('')
  /** The node that came of it. */
  added: NodeId | undefined
  private index: NodeSearch = $state.raw(new NodeSearch([]))

  constructor(private readonly app: App) {}

  matches: readonly Match[] = $derived.by(() => {
    if (this.wish === undefined) return []
    const { filter, text } = this
    const found = this.index.find(text, filter, this.app.settings.now.recent)
    return text.trim() === '' ? found.toSorted((a, b) => distance(a, filter) - distance(b, filter)) : found
  })

  /** The type that a node has to take or give. */
  get filter(): Filter {
    const from = this.wish?.from
    const link = this.wish?.into === undefined ? undefined : this.app.editor?.graph.links.get(this.wish.into)
    if (link) return { takes: link.type, gives: link.type }
    if (!from) return {}
    return from.place.side === 'output' ? { takes: from.place.type } : { gives: from.place.type }
  }

  /** Without a wish for a node beside what is selected. */
  open(wish?: Partial<Wish>): void {
    const { editor } = this.app
    if (editor === undefined) return
    const screen = wish?.screen ?? { x: innerWidth / 2, y: innerHeight / 4 }
    this.index = new NodeSearch([...this.app.specs.all, ...VIRTUAL_SPECS.values(), ...subgraphs(editor)])
    this.text = ''
    this.added = undefined
    this.wish = { from: null, ...wish, screen }
  }

  close(): void {
    this.wish = undefined
  }

  take(spec: Spec): void {
    const { wish } = this
    if (wish === undefined) return
    this.close()
    this.added = this.app.edit.add(spec, { at: wish.at, from: wish.from, into: wish.into })
  }
}

/** How far a socket's type is from the one wanted: 0 the same, 1 the same on a field, 2 one that takes it too. */
function distance({ spec, input, output }: Match, { takes, gives }: Filter): number {
  const port = spec.inputs.find((one) => one.name === input)
  if (takes !== undefined && port?.type !== takes) return 2
  if (gives !== undefined && spec.outputs[output ?? -1]?.type !== gives) return 2
  return port?.widget ? 1 : 0
}

/** The workflow's subgraphs as nodes; not those that would then lie inside themselves. */
function subgraphs(editor: Editor): Spec[] {
  const { document, graphId, place } = editor
  return [...document.graphs.values()]
    .filter((graph) => graph.id !== ROOT && !holds(document.graphs, graph, graphId))
    .flatMap((graph) => specOf(place, { type: graph.id, raw: {} } as Node) ?? [])
}

function holds(graphs: ReadonlyMap<GraphId, Graph>, graph: Graph, id: GraphId): boolean {
  const seen = new Set([graph])
  for (const each of seen) {
    if (each.id === id) return true
    for (const node of each.nodes.values()) {
      const inner = node.type === ROOT ? undefined : graphs.get(node.type)
      if (inner) seen.add(inner)
    }
  }
  return false
}
