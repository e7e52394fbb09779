/** One open workflow: its document with undo, which graph of it is looked at, what is selected. */

import type { Change } from '../core/changes'
import { stepSeeds } from '../core/commands/widgets'
import { graphOf, ROOT, type Document, type Graph, type GraphId, type NodeId } from '../core/document'
import { History } from '../core/history'
import type { Place } from '../core/place'
import { isEmpty, NOTHING, present, type Selection } from '../core/selection'
import type { Specs } from '../core/specs'
import { RunState } from '../run/run.svelte'

/** Where the canvas looks: graph coordinates at the window's top left corner, and the scale. */
export interface Camera {
  x: number
  y: number
  zoom: number
}

export class Editor {
  /** Replaced as a whole by each change; nodes that did not change stay the same objects. */
  document: Document = $state.raw() as Document
  selection: Selection = $state.raw(NOTHING)
  /** The way from the root to the graph that is looked at, as instances' ids. */
  path: readonly NodeId[] = $state.raw([])
  /** Its path among the saved workflows, '' before it was saved. */
  name = $state('')
  /** What it is called before it has a name. */
  title = $state('')
  /** The revision of the saved workflow that this one began from, as the server names it. */
  base = ''
  changed = $state(false)
  canUndo = $state(false)
  canRedo = $state(false)
  specs: Specs = $state.raw() as Specs
  /** Cameras by path, so that going back looks where one was. */
  readonly cameras = new Map<string, Camera>()
  readonly run = new RunState()
  /** Told of each change. */
  onchange: () => void = () => undefined
  private history: History

  constructor(
    readonly key: string,
    document: Document,
    specs: Specs,
    name = '',
  ) {
    this.history = new History(document)
    this.document = document
    this.specs = specs
    this.name = name
  }

  get place(): Place {
    return { document: this.document, graph: this.graphId, specs: this.specs }
  }

  get nothingSelected(): boolean {
    return isEmpty(this.selection)
  }

  graphId: GraphId = $derived.by(() => this.resolved(this.path))
  graph: Graph = $derived(graphOf(this.document, this.graphId))

  /** Makes changes as one step of undo; steps of one gesture share a `mark`. */
  make(changes: readonly Change[], title: string, mark = ''): void {
    this.history.make(changes, title, mark)
    this.refresh()
  }

  undo(): void {
    this.history.undo()
    this.refresh()
  }

  redo(): void {
    this.history.redo()
    this.refresh()
  }

  /** What it holds was never saved under its name: a draft that was taken up again. */
  draft(): void {
    this.history.unsaved()
    this.changed = true
  }

  /** Takes over other facts about nodes, as after a pack was installed. */
  renew(specs: Specs): void {
    this.specs = specs
  }

  /** Changes the seeds that are to change after a run. */
  stepSeeds(title: string): void {
    this.make(stepSeeds(this.place), title, 'seeds')
  }

  /** A node of the graph looked at by the id that it has in a prompt: `7:3` for 3 inside 7. */
  promptId(id: NodeId): string {
    return [...this.path, id].join(':')
  }

  /** Ends a gesture: the next change is a step of its own. */
  seal(): void {
    this.history.seal()
  }

  get titles(): { undo: string; redo: string } {
    return this.history.titles
  }

  saved(name: string): void {
    this.name = name
    this.history.saved()
    this.refresh()
  }

  select(selection: Partial<Selection>): void {
    this.selection = { ...NOTHING, ...selection }
  }

  /** Looks into an instance of a subgraph that lies in the graph looked at. */
  enter(instance: NodeId): void {
    this.path = [...this.path, instance]
    this.selection = NOTHING
  }

  /** Looks at a graph further out: 0 is the root. */
  leaveTo(depth: number): void {
    this.path = this.path.slice(0, depth)
    this.selection = NOTHING
  }

  private refresh(): void {
    this.document = this.history.document
    this.changed = this.history.changed
    this.canUndo = this.history.canUndo
    this.canRedo = this.history.canRedo
    while (this.path.length > 0 && !this.exists(this.path)) this.path = this.path.slice(0, -1)
    this.selection = present(this.selection, this.graph)
    this.onchange()
  }

  private exists(path: readonly NodeId[]): boolean {
    return path.length === 0 || this.resolved(path) !== ROOT
  }

  /** The graph at the end of a path; the root if it leads nowhere. */
  private resolved(path: readonly NodeId[]): GraphId {
    let graph: GraphId = ROOT
    for (const id of path) {
      const type = this.document.graphs.get(graph)?.nodes.get(id)?.type
      if (type === undefined || !this.document.graphs.has(type)) return ROOT
      graph = type
    }
    return graph
  }
}
