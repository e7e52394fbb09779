/** The queue and the history as lists, asked for anew when they change. */

import { asked, type ApiError, type JobSummary } from '../api/client'
import type { Server } from './server.svelte'

const PAGE = 30

/** Waits until nobody has asked for a moment: a burst of changes is one question. */
function calm(work: () => Promise<void>, milliseconds: number): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined
  return () => {
    clearTimeout(timer)
    timer = setTimeout(() => void work(), milliseconds)
  }
}

export class Queue {
  running: readonly JobSummary[] = $state.raw([])
  waiting: readonly JobSummary[] = $state.raw([])
  waitingTotal = $state(0)
  paused = $state(false)
  /** What went wrong with the last wish, as a sentence. */
  error = $state('')
  readonly refresh = calm(() => this.load(), 80)

  constructor(private readonly server: Server) {}

  async load(): Promise<void> {
    const { api } = this.server
    await this.trying(async () => {
      const [state, jobs] = await Promise.all([
        asked(api.GET('/api/v1/queue', { params: { query: { limit: 1 } } })),
        asked(
          api.GET('/api/v1/jobs', {
            params: { query: { status: ['running', 'pending', 'paused'], limit: 200 } },
          }),
        ),
      ])
      this.paused = state.paused
      this.waitingTotal = state.waiting_total
      const found = jobs.jobs as JobSummary[]
      this.running = found.filter((job) => job.status === 'running')
      this.waiting = found
        .filter((job) => job.status !== 'running')
        .toSorted((a, b) => (a.position ?? 0) - (b.position ?? 0))
    })
  }

  async cancel(id: string): Promise<void> {
    await this.wish(this.server.api.POST('/api/v1/jobs/{id}/cancel', { params: { path: { id } } }))
  }

  async cancelAll(which: { waiting: boolean; running: boolean }): Promise<void> {
    await this.wish(this.server.api.POST('/api/v1/jobs/cancel', { body: which }))
  }

  async pause(id: string, paused: boolean): Promise<void> {
    const path = { params: { path: { id } } }
    const { api } = this.server
    await this.wish(
      paused ? api.POST('/api/v1/jobs/{id}/pause', path) : api.POST('/api/v1/jobs/{id}/resume', path),
    )
  }

  async pauseAll(paused: boolean): Promise<void> {
    const { api } = this.server
    await this.wish(paused ? api.POST('/api/v1/queue/pause') : api.POST('/api/v1/queue/resume'))
  }

  async front(id: string): Promise<void> {
    await this.wish(this.server.api.POST('/api/v1/jobs/{id}/front', { params: { path: { id } } }))
  }

  /** Puts a waiting job right before another. */
  async place(id: string, before: string): Promise<void> {
    await this.wish(
      this.server.api.PATCH('/api/v1/jobs/{id}', { params: { path: { id } }, body: { before } }),
    )
  }

  private async wish(call: Parameters<typeof asked>[0]): Promise<void> {
    await this.trying(async () => void (await asked(call)))
    await this.load()
  }

  private async trying(work: () => Promise<void>): Promise<void> {
    try {
      await work()
      this.error = ''
    } catch (error) {
      this.error = (error as ApiError).message
    }
  }
}

export class Past {
  jobs: readonly JobSummary[] = $state.raw([])
  total = $state(0)
  text = $state('')
  error = $state('')
  readonly refresh = calm(() => this.load(), 150)
  private asking: AbortController | undefined

  constructor(private readonly server: Server) {}

  get more(): boolean {
    return this.jobs.length < this.total
  }

  /** The first page for the text that is searched for. */
  async load(): Promise<void> {
    await this.page(0, Math.max(PAGE, Math.min(this.jobs.length, 200)))
  }

  async loadMore(): Promise<void> {
    await this.page(this.jobs.length, PAGE)
  }

  private async page(offset: number, limit: number): Promise<void> {
    this.asking?.abort()
    this.asking = new AbortController()
    const query = {
      status: ['done', 'failed', 'cancelled'] as JobSummary['status'][],
      text: this.text,
      offset,
      limit,
    }
    try {
      const { signal } = this.asking
      const found = await asked(this.server.api.GET('/api/v1/jobs', { params: { query }, signal }))
      const page = found.jobs as JobSummary[]
      this.jobs = offset === 0 ? page : [...this.jobs, ...page]
      this.total = found.total
      this.error = ''
    } catch (error) {
      if (error instanceof DOMException) return
      this.error = (error as ApiError).message
    }
  }
}
