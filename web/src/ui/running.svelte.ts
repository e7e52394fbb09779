/** Ordering runs: by hand, many at once, or by itself after a change. */

import { asked, type ApiError } from '../api/client'
import type { Graph } from '../core/document'
import type { App } from './app.svelte'
import type { Editor } from './editor.svelte'
import { duration, t } from './i18n/index.svelte'
import { notices, sentence } from './notices.svelte'

/** How long nothing may change before it runs by itself. */
const CALM_MILLISECONDS = 350
/** What takes no longer is run by itself if only quick runs may be. */
const INSTANT_SECONDS = 1

export interface Wanted {
  readonly front?: boolean
  /** Ids of nodes as the prompt has them. */
  readonly targets?: readonly string[]
}

export class Running {
  private timer: ReturnType<typeof setTimeout> | undefined
  private stepping = false
  /** Jobs that were ordered here, or seen at work. One from the cache has ended before anyone looks. */
  private readonly awaited = new Set<string>()
  /** The nodes and links that a run was last asked for: where they lie makes no difference. */
  private readonly before = new WeakMap<Editor, ReadonlyMap<string, Graph>>()

  constructor(private readonly app: App) {}

  /** Queues the workflow; seeds that are to change do so afterwards, for the next time. */
  async now(wanted: Wanted = {}): Promise<boolean> {
    const { editor } = this.app
    if (editor === undefined) return false
    if (!(await this.order(editor, wanted))) return false
    this.aside(() => editor.stepSeeds(t('edit.seeds')))
    return true
  }

  /** Runs what the selected nodes need, and them. */
  async here(): Promise<void> {
    const { editor } = this.app
    if (editor === undefined) return
    await this.now({ targets: [...editor.selection.nodes].map((id) => editor.promptId(id)) })
  }

  async many(times: number): Promise<void> {
    for (let n = 0; n < times; n += 1) if (!(await this.now())) return
    notices.tell(t('run.many.queued', { count: times }), 'good')
  }

  async stop(): Promise<void> {
    const { app } = this
    const job = app.editor?.run.busy ? app.editor.run.job : ''
    if (job) await app.queue.cancel(job)
    else await app.queue.cancelAll({ waiting: false, running: true })
  }

  /** A workflow was changed: it may run by itself. */
  touched(editor: Editor): void {
    const { auto } = this.app.settings.now
    if (auto === 'off' || this.stepping || this.before.get(editor) === editor.document.graphs) return
    this.before.set(editor, editor.document.graphs)
    clearTimeout(this.timer)
    this.timer = setTimeout(() => void this.byItself(editor, auto), CALM_MILLISECONDS)
  }

  /** The state of a run changed: says how it ended, once. */
  look(editor: Editor): void {
    const { job, busy } = editor.run
    if (job !== '' && busy) this.awaited.add(job)
    else if (this.awaited.delete(job)) this.ended(editor)
  }

  private ended(editor: Editor): void {
    const { status, seconds } = editor.run
    const name = this.app.files.titleOf(editor)
    if (status === 'done') {
      const text = t('run.finished', { name, time: duration(seconds ?? 0) })
      notices.say(text)
      if (editor !== this.app.editor) this.tell(text, 'good', editor)
    } else if (status === 'failed') {
      const failed = [...editor.run.nodes].find(([, run]) => run.status === 'failed')
      const message = failed?.[1].error?.message ?? t('run.unknown')
      this.tell(t('run.failed', { name, message }), 'bad', editor, failed?.[0])
    } else if (status === 'cancelled') {
      notices.say(t('run.cancelled'))
    }
  }

  /** Changes something that is no reason to run again. */
  private aside(work: () => void): void {
    this.stepping = true
    work()
    this.stepping = false
  }

  /** Only what would do something, and never twice at once. Seeds stay: else it would never end. */
  private async byItself(editor: Editor, auto: 'instant' | 'on'): Promise<void> {
    if (editor.run.busy || !this.app.server.online) return
    try {
      const workflow = this.app.files.workflowOf(editor) as { nodes: unknown[] }
      const plan = await asked(this.app.server.api.POST('/api/v1/plan', { body: { workflow } }))
      if (plan.problems.length > 0 || plan.runs + plan.depends === 0) return
      if (auto === 'instant' && (plan.seconds === null || plan.seconds >= INSTANT_SECONDS)) return
      await this.order(editor, {}, true)
    } catch {
      // Not said: nobody asked for this run. The button tells what is wrong.
    }
  }

  private async order(editor: Editor, wanted: Wanted, quiet = false): Promise<boolean> {
    const { files, server } = this.app
    try {
      const workflow = files.workflowOf(editor)
      const job = await server.order(
        { workflow, title: files.titleOf(editor), workflowId: editor.key, ...wanted },
        editor.run,
      )
      this.awaited.add(job.id)
      this.look(editor)
      files.rememberTabs()
      if (quiet) return true
      if (job.dropped.length > 0) notices.tell(t('run.dropped', { count: job.dropped.length }), 'bad')
      if (editor.run.busy) notices.say(t('run.queued'))
      return true
    } catch (error) {
      if (!quiet) this.refused(error as ApiError, editor)
      return false
    }
  }

  /** Shows on the nodes what is wrong with them, and says the first. */
  private refused(error: ApiError, editor: Editor): void {
    editor.run.refuse(error.problems ?? [])
    const first = error.problems?.[0]
    this.tell(sentence(first?.message ?? error.message), 'bad', editor, first?.node ?? undefined)
  }

  private tell(text: string, tone: 'good' | 'bad', editor: Editor, node?: string): void {
    const show = { title: t('run.show'), run: () => this.app.showNode(editor, node) }
    notices.tell(text, tone, node !== undefined || editor !== this.app.editor ? show : undefined)
  }
}
