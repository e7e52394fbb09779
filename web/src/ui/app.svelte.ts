/** The page as a whole: its tabs, the server, what is open, what can be done. */

import { asked, makeApi, type Problem } from '../api/client'
import { renewAll } from '../core/commands/nodes'
import type { Node, Point } from '../core/document'
import { Specs, type Spec } from '../core/specs'
import { Past, Queue } from '../run/queue.svelte'
import type { NodeRun } from '../run/run.svelte'
import { Server } from '../run/server.svelte'
import { ACTIONS } from './actions'
import type { Target } from './canvas/room.svelte'
import { Editing } from './editing.svelte'
import type { Editor } from './editor.svelte'
import { Files, newKey } from './files.svelte'
import { t } from './i18n/index.svelte'
import { notices } from './notices.svelte'
import { Running } from './running.svelte'
import { Search } from './search.svelte'
import { Settings } from './settings.svelte'
import { pressed, typing } from './shortcuts'

export type Panel = 'nodes' | 'queue' | 'history' | 'workflows' | 'engines' | 'packs'
export type DialogName =
  | 'palette'
  | 'shortcuts'
  | 'settings'
  | 'saveAs'
  | 'files'
  | 'versions'
  | 'templates'
  | 'tour'
  | 'runMany'
  | 'compare'

/** The template that a new page begins with. */
const FIRST = 'lofi-tape.json'

/** How long the page waits before it asks for a server that is away again. */
const AGAIN_MILLISECONDS = 1_500

/** What the canvas offers to the rest of the page. */
export interface CanvasHandle {
  fit(): void
  zoomTo(ids?: Iterable<string>, closest?: number): void
  zoomBy(factor: number): void
  /** The middle of what is seen, in graph coordinates. */
  middle(): Point
  /** A place of the page in the graph. */
  pointAt(page: Point): Point
  onScreen(id: string): Point | undefined
  reveal(id: string): void
  focusNode(id: string): void
  focus(): void
  rename(id: string): void
  renameGroup(id: number): void
}

/** A menu that was asked for: of what, where on the page, and where in the graph. */
export interface Menu {
  readonly target: Target
  readonly screen: Point
  readonly at: Point
}

export class App {
  editors: readonly Editor[] = $state.raw([])
  current = $state('')
  specs: Specs = $state.raw(new Specs([]))
  /** Files of packs that could not be loaded. */
  problems: readonly Problem[] = $state.raw([])
  panel: Panel | undefined = $state()
  dialog: DialogName | undefined = $state()
  menu: Menu | undefined = $state.raw()
  /** The failure that is looked into. */
  failure: { readonly title: string; readonly run: NodeRun } | undefined = $state.raw()
  /** The class of node that the panel of nodes is to show. */
  helped: Spec | undefined = $state.raw()
  /** Two jobs of the history that are compared. */
  compared: readonly [string, string] | undefined = $state.raw()
  canvas: CanvasHandle | undefined = $state.raw()
  ready = $state(false)
  readonly server: Server
  readonly queue: Queue
  readonly past: Past
  readonly settings = new Settings(localStorage)
  readonly files = new Files(this)
  readonly edit = new Editing(this)
  readonly running = new Running(this)
  readonly search = new Search(this)
  readonly mac = /Mac|iP(hone|ad|od)/.test(navigator.platform)
  private readonly detach = new Map<string, () => void>()
  /** Where the pointer is over the canvas, on the page. */
  private hand: Point | undefined
  private linkedPaste = false

  constructor(base: string) {
    const api = makeApi(base)
    this.server = new Server(api, base, newKey())
    this.queue = new Queue(this.server)
    this.past = new Past(this.server)
  }

  get editor(): Editor | undefined {
    return this.editors.find((editor) => editor.key === this.current)
  }

  /** Takes up the tabs as they were. As long as the server is away nothing is opened, and nothing forgotten. */
  async start(): Promise<void> {
    this.server.open()
    const tabs = await this.files.tabs()
    for (;;) {
      if ((await this.askSpecs()) && (await this.files.recover(tabs))) break
      await new Promise((done) => setTimeout(done, AGAIN_MILLISECONDS))
    }
    await this.openWanted()
    if (this.editors.length === 0) await this.first()
    this.ready = true
    this.files.rememberTabs()
  }

  /** Opens the workflow that the address names, as `patchbay serve --open` has it. */
  private async openWanted(): Promise<void> {
    const wanted = new URL(location.href).searchParams.get('workflow')
    if (wanted === null) return
    const [source, name] = [wanted.split('/', 1)[0], wanted.slice(wanted.indexOf('/') + 1)]
    // From now on a reload brings the tabs back, not this workflow again.
    history.replaceState(null, '', location.pathname)
    if (source === 'saved') await this.files.open(name)
    else if (this.editors.length > 0 || name !== FIRST) await this.files.openTemplateOnce(name)
  }

  /** What somebody sees who opens the page for the first time. */
  private async first(): Promise<void> {
    await this.files.openTemplate(FIRST)
    if (this.editors.length === 0) this.files.create()
    if (!this.settings.now.tourSeen) this.dialog = 'tour'
  }

  async loadSpecs(): Promise<void> {
    try {
      await this.takeSpecs()
    } catch (error) {
      notices.fail(error)
    }
  }

  private async askSpecs(): Promise<boolean> {
    try {
      await this.takeSpecs()
      return true
    } catch {
      return false
    }
  }

  private async takeSpecs(): Promise<void> {
    const found = await asked(this.server.api.GET('/api/v1/specs', { cache: 'no-cache' }))
    this.specs = new Specs(found.nodes as Spec[])
    this.problems = found.problems
    for (const editor of this.editors) editor.renew(this.specs)
  }

  /** Looks for nodes that came or changed, and brings those on the canvas in step with them. */
  async refresh(): Promise<void> {
    await this.loadSpecs()
    for (const editor of this.editors) editor.make(renewAll(editor.place), t('action.refresh'))
    notices.tell(t('shell.refreshed', { count: this.specs.all.length }), 'good')
  }

  add(editor: Editor): void {
    const others = this.editors.filter((each) => each.key !== editor.key)
    this.editors = [...others, editor]
    this.current = editor.key
    editor.onchange = () => {
      this.files.touched(editor)
      this.running.touched(editor)
    }
    this.detach.get(editor.key)?.()
    this.detach.set(editor.key, this.server.attach(editor.run))
    this.files.rememberTabs()
  }

  remove(key: string): void {
    const index = this.editors.findIndex((editor) => editor.key === key)
    this.detach.get(key)?.()
    this.detach.delete(key)
    this.editors = this.editors.filter((editor) => editor.key !== key)
    if (this.current === key) this.current = this.editors[Math.max(0, index - 1)]?.key ?? ''
    if (this.editors.length === 0) this.files.create()
  }

  go(key: string): void {
    this.current = key
    this.files.rememberTabs()
  }

  show(dialog: DialogName): void {
    this.menu = undefined
    this.dialog = dialog
  }

  toggle(panel: Panel): void {
    this.panel = this.panel === panel ? undefined : panel
  }

  help(spec: Spec): void {
    this.panel = 'nodes'
    this.helped = spec
  }

  failed(node: Node, run: NodeRun): void {
    const title = node.title || this.specs.find(node.type)?.title || node.type
    this.failure = { title, run }
  }

  /** Brings a node into view by the id that it has in a prompt: `7:3` lies in the subgraph 7. */
  showNode(editor: Editor, id: string | undefined): void {
    this.go(editor.key)
    if (id === undefined) return
    const way = id.split(':')
    const node = way.pop() ?? ''
    if (way.join() !== editor.path.join()) {
      editor.leaveTo(0)
      for (const step of way)
        if (editor.document.graphs.has(editor.graph.nodes.get(step)?.type ?? '')) editor.enter(step)
    }
    if (editor.graph.nodes.has(node)) editor.select({ nodes: new Set([node]) })
    // The canvas takes the other graph first.
    requestAnimationFrame(() => this.canvas?.reveal(node))
  }

  switchTheme(): void {
    const dark = getComputedStyle(document.documentElement).colorScheme.includes('dark')
    this.settings.set('theme', dark ? 'light' : 'dark')
  }

  // ---- hands and keys -------------------------------------------------------------------------

  /** Remembers where the pointer is; undefined when it is not over the canvas. */
  pointed(page: Point | undefined): void {
    this.hand = page
  }

  /** Where the pointer is, in graph coordinates. */
  pointer(): Point | undefined {
    return this.hand && this.canvas?.pointAt(this.hand)
  }

  middle(): Point {
    return this.canvas?.middle() ?? { x: 0, y: 0 }
  }

  /** Whether a dialog lies over the page. The tour does not: what it speaks of can be tried. */
  private get covered(): boolean {
    return this.dialog !== undefined && this.dialog !== 'tour'
  }

  /** Does what a pressed key is for; whether it is for anything. */
  key(event: KeyboardEvent): boolean {
    this.linkedPaste = event.shiftKey
    if (event.defaultPrevented || event.isComposing) return false
    const covered = this.covered || this.search.wish !== undefined || this.failure !== undefined
    const busy = covered || typing(event.target) || this.menu !== undefined
    for (const action of ACTIONS) {
      if (action.native || (covered && action.section !== 'run') || (busy && !action.always)) continue
      if (!action.keys?.some((keys) => pressed(event, keys))) continue
      if (!(action.enabled?.(this) ?? true)) continue
      // Delete in a panel is not meant for the nodes.
      const bare = !event.ctrlKey && !event.metaKey && !event.altKey
      if (bare && (action.section === 'edit' || action.section === 'graph') && !inMain(event.target)) continue
      // Tab goes on to the next part of the page except on the canvas, where it adds a node.
      if (event.key === 'Tab' && !onCanvas(event.target)) continue
      event.preventDefault()
      void action.run(this)
      return true
    }
    return false
  }

  /** Copying, cutting and pasting as the browser tells of it, with the system's clipboard in hand. */
  clipboard(event: ClipboardEvent): void {
    const { clipboardData: data } = event
    const marked = !(getSelection()?.isCollapsed ?? true)
    if (data === null || typing(event.target) || this.covered) return
    if (event.type === 'paste') {
      const files = [...data.files]
      const text = data.getData('text/plain')
      if (this.edit.take(text, data.getData('text/html'), this.linkedPaste)) event.preventDefault()
      else if (files.length > 0) void this.files.drop(files, this.pointer() ?? this.middle())
      return
    }
    const text = marked ? '' : this.edit.copied()
    if (text === '') return
    event.preventDefault()
    data.setData('text/plain', text)
    if (event.type === 'cut') this.edit.remove(false)
  }
}

/** Whether the canvas or a node has the focus, and not something in a node. */
function onCanvas(target: EventTarget | null): boolean {
  if (target === document.body) return true
  return (
    target instanceof Element &&
    target.matches('[data-canvas] .svelte-flow, [data-canvas] .svelte-flow__node')
  )
}

function inMain(target: EventTarget | null): boolean {
  return target === document.body || (target instanceof Element && target.closest('[data-canvas]') !== null)
}
