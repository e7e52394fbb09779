/** Workflows as files: opened, saved, kept as drafts while they are worked on, imported, exported. */

import { ApiError, asked, refusal } from '../api/client'
import { emptyDocument, type Document, type Point } from '../core/document'
import { read } from '../core/format/read'
import { objectOf, textOf } from '../core/format/shapes'
import { dumps, parse } from '../core/format/text'
import type { JsonObject } from '../core/json'
import { write, writeText } from '../core/format/write'
import type { App } from './app.svelte'
import { Editor } from './editor.svelte'
import { t } from './i18n/index.svelte'
import { notices } from './notices.svelte'
import { loaderOf, uploaded } from './uploads'
import { Windows, type TabEntry, type Tabs } from './windows'

const FOLDER = 'workflows'
const DRAFT_MILLISECONDS = 800
const AGAIN_MILLISECONDS = 5_000
/** Browsers send no more from a page that goes. */
const LAST_WORDS_BYTES = 60_000
/** What the server says of a file without a workflow. */
const NOTHING_CARRIED = 415

/** What is known of a file that is opened. */
interface Facts {
  readonly key?: string
  readonly name?: string
  readonly title?: string
  readonly base?: string
  readonly changed?: boolean
  /** The job that it showed last. */
  readonly job?: string
  /** Where it can be had again: `template:` and its name, or `job:` and its id. */
  readonly source?: string
}

export class Files {
  /** Counts up when what is saved on the server changed: lists ask anew. */
  version = $state(0)
  /** What was opened: its text, for a file that is saved without a change. */
  private readonly origins = new Map<string, { text: string; document: Document }>()
  private readonly sources = new Map<string, string>()
  private readonly timers = new Map<string, ReturnType<typeof setTimeout>>()
  private readonly windows = new Windows(
    localStorage,
    sessionStorage,
    'BroadcastChannel' in globalThis ? new BroadcastChannel('patchbay') : null,
  )

  constructor(private readonly app: App) {}

  create(): void {
    this.app.add(new Editor(newKey(), emptyDocument(), this.app.specs))
  }

  // ---- tabs -----------------------------------------------------------------------------------

  tabs(): Promise<Tabs> {
    return this.windows.take()
  }

  /** Takes up what the tabs held when the page was closed or crashed. False: the server went away meanwhile. */
  async recover(tabs: Tabs): Promise<boolean> {
    for (const entry of tabs.entries) {
      if (this.app.editors.some((editor) => editor.key === entry.key)) continue
      try {
        await this.takeUp(entry)
      } catch (error) {
        if (isAway(error)) return false
        notices.fail(error)
      }
    }
    const found = this.app.editors.find((editor) => editor.key === tabs.current)
    if (found) this.app.current = found.key
    return true
  }

  rememberTabs(): void {
    // Before all have been taken up, those that are still to come would be forgotten.
    if (!this.app.ready) return
    const entries = this.app.editors.map(({ key, name, changed, run }) => {
      return { key, name, changed, source: this.sources.get(key) ?? '', job: run.job }
    })
    this.windows.remember({ entries, current: this.app.current })
  }

  /** What was not changed is had from where it came from, all else from its draft. */
  private async takeUp({ key, name, changed, source, job }: TabEntry): Promise<void> {
    const more = { key, job }
    if (name !== '' && !changed) return void (await this.takeSaved(name, more))
    if (source !== '' && !changed) return void (await this.takeSource(source, more))
    try {
      await this.takeDraft(key, { job, changed })
    } catch (error) {
      if ((error as ApiError).status !== 404) throw error
      if (name !== '') await this.takeSaved(name, more)
    }
  }

  /** Closes a tab. What was not saved stays among the drafts. */
  async close(key = this.app.current): Promise<void> {
    const editor = this.app.editors.find((each) => each.key === key)
    if (editor === undefined) return
    if (editor.changed) {
      await this.keep(editor)
      const again = { title: t('file.reopen'), run: () => void this.reopen(key) }
      notices.tell(t('file.closedDraft', { name: this.titleOf(editor) }), 'info', again)
    } else {
      clearTimeout(this.timers.get(key))
      this.timers.delete(key)
      await this.forgetDraft(key)
    }
    this.app.remove(key)
    this.origins.delete(key)
    this.sources.delete(key)
    this.rememberTabs()
  }

  async reopen(key: string): Promise<void> {
    const already = this.app.editors.find((editor) => editor.key === key)
    if (already) return this.app.go(key)
    await this.trying(() => this.takeDraft(key, { changed: true }))
  }

  // ---- opening --------------------------------------------------------------------------------

  /** Opens a workflow that was saved on the server. */
  async open(name: string): Promise<void> {
    const already = this.app.editors.find((editor) => editor.name === name)
    if (already) return this.app.go(already.key)
    await this.trying(() => this.takeSaved(name))
  }

  /** Opens a workflow that comes with Patchbay, as a new one. */
  async openTemplate(name: string, title = titled(name)): Promise<void> {
    await this.trying(() => this.takeSource(`template:${name}`, { title }))
  }

  /** Opens a template unless a tab has it already. */
  async openTemplateOnce(name: string): Promise<void> {
    const open = this.app.editors.find((editor) => editor.name === '' && editor.title === titled(name))
    if (open) this.app.current = open.key
    else await this.openTemplate(name)
  }

  /** Opens the drawing of a job that ran, with what came of it. */
  async openJob(id: string, title: string): Promise<void> {
    await this.trying(() => this.takeSource(`job:${id}`, { title, job: id }))
  }

  /** Opens an earlier state of a saved workflow, or of a draft, in a tab of its own. */
  async openVersion(url: string, title: string): Promise<void> {
    await this.trying(async () => this.take(await textAt(url), { title, changed: true }))
  }

  /** Opens any file that has a workflow in it: JSON, or a picture, sound or film that carries one. */
  async importFile(file: globalThis.File): Promise<Editor | undefined> {
    return this.trying(() => this.take(file, { title: file.name.replace(/\.[^.]+$/, '') }))
  }

  importAny(): void {
    const input = document.createElement('input')
    input.type = 'file'
    input.multiple = true
    input.accept = '.json,.png,.webp,.jpg,.wav,.flac,.mp3,.mp4,.webm'
    input.onchange = () => {
      for (const file of input.files ?? []) void this.importFile(file)
    }
    input.click()
  }

  /** Files let go over the canvas: those with a workflow are opened, others become nodes that load them. */
  async drop(files: readonly globalThis.File[], at: Point): Promise<void> {
    let below = 0
    for (const file of files) {
      await this.trying(async () => {
        const opened = await this.takeIfCarried(file)
        if (!opened) below += await this.addLoader(file, { x: at.x, y: at.y + below })
      })
    }
  }

  private async takeIfCarried(file: globalThis.File): Promise<boolean> {
    try {
      await this.take(file, { title: file.name.replace(/\.[^.]+$/, '') })
      return true
    } catch (error) {
      const known = (error as ApiError).status === NOTHING_CARRIED && loaderOf(this.app.specs, file.name)
      if (!known) throw error
      return false
    }
  }

  /** Adds the node that loads such a file; how much room it takes. */
  private async addLoader(file: globalThis.File, at: Point): Promise<number> {
    const loader = loaderOf(this.app.specs, file.name)
    if (loader === undefined) return 0
    notices.say(t('file.uploading', { name: file.name }))
    const name = await uploaded(file)
    const id = this.app.edit.add(loader.spec, { at, values: { [loader.input]: name } })
    notices.tell(t('file.uploaded', { name: file.name }), 'good')
    return (id === undefined ? 0 : (this.app.editor?.graph.nodes.get(id)?.size.height ?? 0)) + 60
  }

  // ---- saving ---------------------------------------------------------------------------------

  async save(): Promise<void> {
    const { editor } = this.app
    if (editor === undefined) return
    if (editor.name === '') this.app.show('saveAs')
    else await this.saveAs(editor.name, false)
  }

  /** Saves under a name; `force` overwrites what another tab or program saved meanwhile. */
  async saveAs(name: string, force: boolean): Promise<boolean> {
    const { editor } = this.app
    if (editor === undefined) return false
    const path = name.endsWith('.json') ? name : `${name}.json`
    const text = this.textOf(editor)
    const known = editor.name === path ? editor.base : ''
    const saved = await this.trying(async () => {
      const headers: Record<string, string> = { 'Content-Type': 'application/json' }
      if (known && !force) headers['If-Match'] = known
      const overwrite = known !== '' || force
      const url = `${userUrl(path)}?overwrite=${String(overwrite)}`
      const answer = await reached(url, { method: 'POST', headers, body: text })
      if (answer.status === 409 || answer.status === 412) return this.clash(path, known !== '')
      if (!answer.ok) throw refusal(await answer.json().catch(() => null), answer.status)
      editor.base = answer.headers.get('ETag') ?? ''
      editor.saved(path)
      this.origins.set(editor.key, { text, document: editor.document })
      this.version += 1
      this.touched(editor)
      notices.tell(t('file.saved', { name: shownName(path) }), 'good')
      return true
    })
    return saved ?? false
  }

  async renameSaved(name: string, to: string): Promise<boolean> {
    const path = to.endsWith('.json') ? to : `${to}.json`
    const done = await this.trying(async () => {
      const target = encodeURIComponent(`${FOLDER}/${path}`)
      const answer = await reached(`${userUrl(name)}/move/${target}?overwrite=false`, { method: 'POST' })
      if (answer.status === 409) throw new Error(t('file.exists'))
      if (!answer.ok) throw refusal(await answer.json().catch(() => null), answer.status)
      for (const editor of this.app.editors) if (editor.name === name) editor.name = path
      this.rememberTabs()
      return true
    })
    this.version += 1
    return done ?? false
  }

  /** Deletes a saved workflow; its versions are kept, so it can be had back. */
  async deleteSaved(name: string): Promise<void> {
    await this.trying(async () => {
      const answer = await reached(userUrl(name), { method: 'DELETE' })
      if (!answer.ok) throw refusal(await answer.json().catch(() => null), answer.status)
      for (const editor of this.app.editors) {
        if (editor.name !== name) continue
        editor.name = editor.base = ''
        editor.title = shownName(name)
        editor.draft()
      }
      notices.tell(t('file.deleted', { name: shownName(name) }))
    })
    this.version += 1
  }

  exportWorkflow(): void {
    const { editor } = this.app
    if (editor !== undefined) download(this.textOf(editor), `${this.titleOf(editor)}.json`)
  }

  async exportPrompt(): Promise<void> {
    const { editor } = this.app
    if (editor === undefined) return
    await this.trying(async () => {
      const body = { workflow: this.workflowOf(editor) as { nodes: unknown[] } }
      const made = await asked(this.app.server.api.POST('/api/v1/convert', { body }))
      download(JSON.stringify(made.prompt, null, 1), `${this.titleOf(editor)}.prompt.json`)
    })
  }

  workflowOf(editor: Editor): JsonObject {
    return write(editor.document, this.app.specs)
  }

  titleOf(editor: Editor): string {
    return shownName(editor.name) || editor.title || t('file.untitled')
  }

  // ---- drafts ---------------------------------------------------------------------------------

  /** Keeps a draft soon: a crash of the page or the server loses at most a second. */
  touched(editor: Editor): void {
    this.keepIn(editor, DRAFT_MILLISECONDS)
  }

  /** Keeps the drafts that wait, as the page is about to go; whether one may be too large for that. */
  flush(): boolean {
    let large = false
    this.rememberTabs()
    for (const editor of this.app.editors) {
      if (!this.timers.has(editor.key)) continue
      const body = JSON.stringify(this.draftOf(editor))
      const keepalive = body.length < LAST_WORDS_BYTES
      large ||= !keepalive
      const headers = { 'Content-Type': 'application/json' }
      fetch(draftUrl(editor.key), { method: 'PUT', headers, body, keepalive }).catch(() => undefined)
    }
    return large
  }

  async forgetDraft(key: string): Promise<void> {
    await this.app.server.api
      .DELETE('/api/v1/drafts/{id}', { params: { path: { id: key } } })
      .catch(() => undefined)
    this.version += 1
  }

  private keepIn(editor: Editor, milliseconds: number): void {
    clearTimeout(this.timers.get(editor.key))
    this.timers.set(
      editor.key,
      setTimeout(() => void this.keep(editor), milliseconds),
    )
  }

  private async keep(editor: Editor): Promise<void> {
    clearTimeout(this.timers.get(editor.key))
    this.timers.delete(editor.key)
    this.rememberTabs()
    const before = editor.document
    try {
      const path = { id: editor.key }
      const body = this.draftOf(editor)
      await asked(this.app.server.api.PUT('/api/v1/drafts/{id}', { params: { path }, body }))
    } catch {
      // The server is away: tried again, unless the next change does so first.
      if (editor.document === before && !this.timers.has(editor.key)) this.keepIn(editor, AGAIN_MILLISECONDS)
    }
  }

  private draftOf(editor: Editor) {
    const workflow = this.workflowOf(editor) as Record<string, unknown>
    return { workflow, name: editor.name, title: editor.title, base: editor.base }
  }

  // ---- taking up ------------------------------------------------------------------------------

  private async takeSaved(name: string, more: Facts = {}): Promise<Editor> {
    const answer = await reached(userUrl(name), { cache: 'no-cache' })
    if (!answer.ok) throw refusal(await answer.json().catch(() => null), answer.status)
    return this.take(await answer.text(), { name, base: answer.headers.get('ETag') ?? '', ...more })
  }

  private async takeSource(source: string, more: Facts): Promise<Editor> {
    const [kind, name] = [source.slice(0, source.indexOf(':')), source.slice(source.indexOf(':') + 1)]
    const title = more.title ?? (kind === 'job' ? t('file.fromJob', { id: name.slice(0, 8) }) : titled(name))
    const facts = { ...more, source, title }
    if (kind === 'template') {
      return this.take(await textAt(`api/v1/workflows/shipped/${encodeURIComponent(name)}`), facts)
    }
    const found = objectOf(parse(await textAt(`api/v1/jobs/${encodeURIComponent(name)}/workflow`)).value)
    return this.take(dumps(objectOf(found.workflow)), facts)
  }

  private async takeDraft(key: string, more: Facts): Promise<Editor> {
    const draft = objectOf(parse(await textAt(draftUrl(key))).value)
    const [name, title, base] = [textOf(draft.name), textOf(draft.title), textOf(draft.base)]
    return this.take(dumps(objectOf(draft.workflow)), { key, name, title, base, ...more })
  }

  /** Has the server read a file, and opens it in a tab. */
  private async take(data: string | Blob, facts: Facts): Promise<Editor> {
    const headers = { 'Content-Type': 'application/octet-stream' }
    const answer = await reached('api/v1/open', { method: 'POST', body: data, headers })
    const told = await answer.text()
    if (!answer.ok) throw refusal(jsonIn(told), answer.status)
    // Not by JSON.parse: seeds of 64 bits would lose their last digits.
    const body = parse(told).value as unknown as Opened
    const opened = read(body.workflow, this.app.specs)
    const editor = new Editor(facts.key ?? newKey(), opened.document, this.app.specs, facts.name ?? '')
    editor.title = facts.title ?? ''
    editor.base = facts.base ?? ''
    if (facts.changed) editor.draft()
    else if (typeof data === 'string') this.origins.set(editor.key, { text: data, document: opened.document })
    if (opened.camera) editor.cameras.set('', { ...opened.camera })
    if (facts.source) this.sources.set(editor.key, facts.source)
    this.app.add(editor)
    // What came from this computer is nowhere else.
    if (facts.name === undefined && facts.key === undefined && !facts.source) this.touched(editor)
    if (facts.job) void this.app.server.restore(editor.run, facts.job).catch(() => undefined)
    this.tellNotes(body, opened.notes)
    return editor
  }

  private tellNotes({ notes, unknown }: Opened, more: readonly { message: string }[]): void {
    const told = [...notes, ...more].map((note) => note.message)
    const names = unknown.slice(0, 5).join(', ')
    if (unknown.length > 0) told.unshift(t('file.unknown', { count: unknown.length, names }))
    const packs = { title: t('action.packs'), run: () => (this.app.panel = 'packs') }
    if (told.length > 0)
      notices.tell(told.slice(0, 3).join(' '), 'info', unknown.length > 0 ? packs : undefined)
  }

  /** The file's text: as it was, byte for byte, if nothing was changed. */
  private textOf(editor: Editor): string {
    const origin = this.origins.get(editor.key)
    return origin?.document === editor.document ? origin.text : writeText(editor.document, this.app.specs)
  }

  private clash(path: string, known: boolean): false {
    const text = known ? t('file.clash', { name: shownName(path) }) : t('file.exists')
    notices.tell(text, 'bad', { title: t('file.overwrite'), run: () => void this.saveAs(path, true) })
    return false
  }

  private async trying<T>(work: () => Promise<T>): Promise<T | undefined> {
    try {
      return await work()
    } catch (error) {
      notices.fail(error)
      return undefined
    }
  }
}

interface Opened {
  readonly workflow: JsonObject
  readonly notes: readonly { message: string }[]
  readonly unknown: readonly string[]
}

export function newKey(): string {
  return `tab-${crypto.randomUUID?.() ?? `${Date.now().toString(36)}${Math.random().toString(36).slice(2)}`}`
}

/** A workflow's path as people read it. */
export function shownName(path: string): string {
  return path.replace(/\.json$/i, '')
}

/** `lofi-tape.json` as a title: Lofi tape. */
function titled(path: string): string {
  const name = shownName(path).split('/').at(-1) ?? ''
  return name.charAt(0).toUpperCase() + name.slice(1).replaceAll('-', ' ')
}

function userUrl(name: string): string {
  return `api/userdata/${encodeURIComponent(`${FOLDER}/${name}`)}`
}

function draftUrl(key: string): string {
  return `api/v1/drafts/${encodeURIComponent(key)}`
}

async function textAt(url: string): Promise<string> {
  const answer = await reached(url, { cache: 'no-cache' })
  if (!answer.ok) throw refusal(await answer.json().catch(() => null), answer.status)
  return answer.text()
}

/** Like fetch; says as a sentence that nobody answered. */
async function reached(url: string, wish: RequestInit): Promise<Response> {
  try {
    return await fetch(url, wish)
  } catch {
    throw new ApiError('gone', t('shell.silent'), 0)
  }
}

/** Whether nobody answered, or only somebody who stands before the server. */
function isAway(error: unknown): boolean {
  return error instanceof ApiError && [0, 502, 503, 504].includes(error.status)
}

function jsonIn(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

function download(text: string, name: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: 'application/json' }))
  const link = document.createElement('a')
  link.href = url
  link.download = name.replaceAll('/', '-')
  link.click()
  setTimeout(() => URL.revokeObjectURL(url), 10_000)
}
