/** How the job of one workflow runs, node by node. Never saved. */

import { SvelteMap } from 'svelte/reactivity'
import type { Job, Problem } from '../api/client'
import type { JobEvent, PictureArrived } from '../api/events'
import { after, together, WAITING, type NodeRun } from './progress'

export type { NodeRun, NodeStatus, Preview } from './progress'
export type JobStatus = Job['status']

/** Calls back soon, at most once per frame; while the page is hidden there are no frames. */
type Soon = (callback: () => void) => void

function nextFrame(callback: () => void): void {
  if (typeof requestAnimationFrame === 'undefined' || document.hidden) setTimeout(callback, 100)
  else requestAnimationFrame(callback)
}

export class RunState {
  /** The job that is shown; '' before any. */
  job = $state('')
  status: JobStatus | '' = $state('')
  /** When it began, in seconds since the epoch. */
  started: number | null = $state(null)
  seconds: number | null = $state(null)
  /** Nodes that it needs, 0 while unknown, and those that have ended. */
  wanted = $state(0)
  ended = $state(0)
  /** By the drawn node's id as the prompt has it: `7`, or `7:3` for node 3 inside instance 7. */
  readonly nodes = new SvelteMap<string, NodeRun>()
  /** Asks how a job is, for `restore`; who has the server sets it. */
  wants: (job: string) => void = () => undefined
  /** Jobs of this workflow that were ordered while another was shown. */
  private readonly later: string[] = []
  private readonly pending = new Map<string, NodeRun>()
  private readonly instances = new Set<string>()
  private endedSoFar = new Set<string>()
  private due = false

  constructor(private readonly soon: Soon = nextFrame) {}

  get busy(): boolean {
    return this.status === 'pending' || this.status === 'paused' || this.status === 'running'
  }

  /** Shows a job that was just ordered: at once, or when those before it have ended. */
  follow(job: string, status: JobStatus): void {
    if (this.busy) this.later.push(job)
    else this.watch(job, status)
  }

  /** Shows another job from its beginning. What nodes showed before stays until they say anew. */
  watch(job: string, status: JobStatus = 'pending'): void {
    this.job = job
    this.status = status
    this.started = this.seconds = null
    this.wanted = this.ended = 0
    this.endedSoFar = new Set()
    this.pending.clear()
    for (const [id, run] of this.nodes) {
      this.revoke(run)
      if (run.output === null && run.status !== 'waiting') this.nodes.delete(id)
      else this.nodes.set(id, { ...WAITING, output: run.output, seconds: run.seconds })
    }
  }

  hear(event: JobEvent): void {
    if (event.job !== this.job) return
    switch (event.event) {
      case 'queued':
        return
      case 'started':
        this.status = 'running'
        this.started = event.at
        this.wanted = event.nodes
        return
      case 'finished':
        this.flush()
        this.status = event.status
        this.seconds = event.seconds
        this.settle()
        this.goOn()
        return
      default:
        this.put(event.drawn, after(this.now(event.drawn), event))
        if (event.event !== 'node_started' && event.event !== 'node_progress') this.endedSoFar.add(event.node)
    }
  }

  show(arrived: PictureArrived): void {
    const before = this.now(arrived.drawn)
    if (arrived.job !== this.job || before.status !== 'running') return
    this.revoke(before)
    this.put(arrived.drawn, {
      ...before,
      preview: { kind: 'image', url: URL.createObjectURL(arrived.picture) },
    })
  }

  /** Takes over what the server knows of a job, after the page or the socket was away. */
  restore(job: Job): void {
    if (job.id !== this.job) this.watch(job.id, job.status)
    this.pending.clear()
    this.status = job.status
    this.started = job.started
    this.seconds = job.seconds
    this.wanted = job.progress?.wanted ?? job.cached.length + job.executed.length + job.skipped.length
    this.ended = job.progress?.done ?? this.wanted
    this.endedSoFar = new Set([...job.cached, ...job.executed, ...job.skipped])
    for (const [status, ids] of [
      ['cached', job.cached],
      ['done', job.executed],
      ['skipped', job.skipped],
    ] as const) {
      for (const id of ids)
        this.nodes.set(id, { ...this.now(id), status, engine: job.engines[id] ?? '', preview: null })
    }
    for (const [id, output] of Object.entries(job.outputs)) this.nodes.set(id, { ...this.now(id), output })
    for (const each of job.progress?.running ?? []) {
      const progress = each.total > 0 ? each.done / each.total : null
      const facts = {
        since: each.since,
        reason: each.reason,
        engine: each.engine,
        secondsLeft: each.seconds_left,
      }
      this.nodes.set(each.drawn, { ...this.now(each.drawn), ...facts, status: 'running', progress })
    }
    if (job.failure) {
      const { code, message, input = null, traceback = [] } = job.failure
      const id = job.failure.drawn || job.failure.node
      if (id)
        this.nodes.set(id, { ...this.now(id), status: 'failed', error: { code, message, input, traceback } })
    }
    this.gather([...this.nodes.keys()])
    if (this.busy) return
    this.settle()
    this.goOn()
  }

  /** Shows what is wrong with nodes that the server would not run. */
  refuse(problems: readonly Problem[]): void {
    for (const { node, code, message, input = null } of problems) {
      if (!node) continue
      const before = this.now(node)
      this.nodes.set(node, { ...before, status: 'failed', error: { code, message, input, traceback: [] } })
    }
    this.gather(problems.flatMap(({ node }) => node ?? []))
  }

  clear(): void {
    for (const run of this.nodes.values()) this.revoke(run)
    this.nodes.clear()
    this.instances.clear()
    this.later.length = 0
    this.pending.clear()
    this.job = this.status = ''
  }

  /** What happened to the next job so far nobody here has heard: whoever can asks for it. */
  private goOn(): void {
    const next = this.later.shift()
    if (next === undefined) return
    this.watch(next)
    this.wants(next)
  }

  private now(id: string): NodeRun {
    return this.pending.get(id) ?? this.nodes.get(id) ?? WAITING
  }

  /** A thousand events a second are shown once per frame. */
  private put(id: string, run: NodeRun): void {
    this.pending.set(id, run)
    if (this.due) return
    this.due = true
    this.soon(() => this.flush())
  }

  private flush(): void {
    this.due = false
    for (const [id, run] of this.pending) {
      const before = this.nodes.get(id)
      if (before?.preview !== run.preview && before !== undefined) this.revoke(before)
      this.nodes.set(id, run)
    }
    this.gather([...this.pending.keys()])
    this.pending.clear()
    this.ended = Math.max(this.ended, this.endedSoFar.size)
  }

  /** Tells of instances of subgraphs what the nodes in them do: of `7` what `7:3` does. */
  private gather(changed: readonly string[]): void {
    const instances = new Set(changed.flatMap(outer))
    if (instances.size === 0) return
    const inside = new Map<string, NodeRun[]>()
    for (const [id, run] of this.nodes) {
      // Not of instances in between: they only repeat what their own nodes say.
      if (this.instances.has(id)) continue
      for (const instance of outer(id)) {
        if (instances.has(instance)) inside.set(instance, [...(inside.get(instance) ?? []), run])
      }
    }
    for (const [instance, runs] of inside) {
      this.instances.add(instance)
      this.nodes.set(instance, together(runs))
    }
  }

  /** What still ran when the job ended does not run any more. */
  private settle(): void {
    for (const [id, run] of this.nodes) {
      if (run.status === 'running' || run.status === 'waiting') {
        this.revoke(run)
        if (run.output === null) this.nodes.delete(id)
        else
          this.nodes.set(id, { ...run, status: 'waiting', progress: null, secondsLeft: null, preview: null })
      }
    }
  }

  private revoke(run: NodeRun): void {
    if (run.preview?.kind === 'image') URL.revokeObjectURL(run.preview.url)
  }
}

/** The instances that a node lies in, the outermost first: of `7:2:3` these are `7` and `7:2`. */
function outer(id: string): string[] {
  const parts = id.split(':')
  return parts.slice(1).map((_, count) => parts.slice(0, count + 1).join(':'))
}
