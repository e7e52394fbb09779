/** What events make of the nodes' states: pure, so that a run of a thousand events can be tested. */

import type { NodeEvent, SoundPreview, TextPreview } from '../api/events'

export type NodeStatus = 'waiting' | 'running' | 'cached' | 'done' | 'failed' | 'skipped'

/** A picture's `url` is a blob's address. */
export type Preview = SoundPreview | TextPreview | { readonly kind: 'image'; readonly url: string }

export interface NodeError {
  readonly code: string
  readonly message: string
  readonly input: string | null
  readonly traceback: readonly string[]
}

/** A drawn node in the job that is shown. What comes from an expansion counts to the node drawn. */
export interface NodeRun {
  readonly status: NodeStatus
  /** 0 to 1, null while unknown. */
  readonly progress: number | null
  readonly secondsLeft: number | null
  readonly seconds: number | null
  /** When it began, in seconds since the epoch. */
  readonly since: number | null
  /** Why it ran, or why it did not. */
  readonly reason: string
  readonly engine: string
  readonly error: NodeError | null
  readonly preview: Preview | null
  /** What it showed: files, texts, as the server has them. */
  readonly output: { readonly [kind: string]: readonly unknown[] } | null
  /** Nodes of its expansion that run now, and that have ended. */
  readonly inner: { readonly running: number; readonly ended: number }
}

export const WAITING: NodeRun = {
  status: 'waiting',
  progress: null,
  secondsLeft: null,
  seconds: null,
  since: null,
  reason: '',
  engine: '',
  error: null,
  preview: null,
  output: null,
  inner: { running: 0, ended: 0 },
}

/** The state of the drawn node after an event. */
export function after(before: NodeRun, event: NodeEvent): NodeRun {
  return event.node === event.drawn ? own(before, event) : inner(before, event)
}

function own(before: NodeRun, event: NodeEvent): NodeRun {
  switch (event.event) {
    case 'node_started':
      return {
        ...WAITING,
        status: 'running',
        since: event.at,
        reason: event.reason,
        engine: event.engine,
        secondsLeft: event.seconds_left,
        output: before.output,
        inner: before.inner,
      }
    case 'node_progress':
      return {
        ...before,
        status: 'running',
        progress: event.total > 0 ? Math.min(1, event.done / event.total) : null,
        secondsLeft: event.seconds_left,
        preview: shown(before, event),
      }
    case 'node_cached':
      return { ...WAITING, status: 'cached', output: event.ui, engine: before.engine }
    case 'node_done':
      return {
        ...before,
        status: 'done',
        progress: 1,
        secondsLeft: null,
        seconds: event.seconds,
        output: event.ui,
        preview: null,
      }
    case 'node_failed':
      return failed(before, event)
    case 'node_skipped':
      return { ...WAITING, status: 'skipped', reason: event.reason }
  }
}

/** A node that nobody drew: the drawn one is at work as long as any of its own runs. */
function inner(before: NodeRun, event: NodeEvent): NodeRun {
  const { running, ended } = before.inner
  switch (event.event) {
    case 'node_started':
      return { ...before, status: 'running', progress: null, inner: { running: running + 1, ended } }
    case 'node_progress':
      return { ...before, status: 'running', preview: shown(before, event) }
    case 'node_done':
      return settled({ ...before, inner: { running: Math.max(0, running - 1), ended: ended + 1 } })
    case 'node_cached':
    case 'node_skipped':
      return { ...before, inner: { running, ended: ended + 1 } }
    case 'node_failed':
      return failed(before, event)
  }
}

/** The preview after a step: the last one stays while none comes. Pictures come as bytes, by themselves. */
function shown(before: NodeRun, { preview }: Extract<NodeEvent, { event: 'node_progress' }>): Preview | null {
  return preview !== null && preview.kind !== 'image' ? preview : before.preview
}

function settled(run: NodeRun): NodeRun {
  return run.inner.running === 0 && run.status === 'running' ? { ...run, status: 'done', progress: 1 } : run
}

function failed(before: NodeRun, event: Extract<NodeEvent, { event: 'node_failed' }>): NodeRun {
  const { code, message, input, traceback = [] } = event
  return {
    ...before,
    status: 'failed',
    progress: null,
    secondsLeft: null,
    error: { code, message, input, traceback },
  }
}

/** The state of an instance of a subgraph, from those of the nodes in it. */
export function together(runs: readonly NodeRun[]): NodeRun {
  const having = (status: NodeStatus) => runs.filter((run) => run.status === status)
  const [failed] = having('failed')
  if (failed !== undefined) return { ...WAITING, status: 'failed', error: failed.error }
  const [running] = having('running')
  if (running !== undefined) return { ...running, progress: null, preview: null, output: null }
  if (having('waiting').length > 0) return WAITING
  const done = having('done')
  if (done.length === 0) return { ...WAITING, status: having('cached').length > 0 ? 'cached' : 'skipped' }
  const seconds = done.reduce((sum, run) => sum + (run.seconds ?? 0), 0)
  return { ...WAITING, status: 'done', progress: 1, seconds }
}
