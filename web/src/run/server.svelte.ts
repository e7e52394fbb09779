/** The server as the page sees it: whether it is there, its nodes, and who hears of which job. */

import { asked, type Api, type ApiError, type Job } from '../api/client'
import { connect, type Link } from '../api/socket'
import type { JobEvent } from '../api/events'
import type { JsonObject } from '../core/json'
import type { RunState } from './run.svelte'

/** What is to be run. */
export interface Order {
  readonly workflow: JsonObject
  readonly title: string
  readonly workflowId: string
  /** Ids of nodes, as the prompt has them; all sinks without it. */
  readonly targets?: readonly string[]
  readonly front?: boolean
}

export class Server {
  /** Undefined until the first answer. */
  online: boolean | undefined = $state()
  /** Jobs that wait or run, of all clients. */
  remaining = $state(0)
  /** Counts up with each change of the queue: what shows it asks anew. */
  queueVersion = $state(0)
  private readonly runs = new Set<RunState>()
  /** Events that came before the answer to the order that they belong to. */
  private early: JobEvent[] = []
  private ordering = 0
  private link: Link | undefined

  constructor(
    readonly api: Api,
    readonly url: string,
    readonly client: string,
  ) {}

  open(): void {
    this.link = connect(this.url, this.client, {
      onevent: (event) => this.hear(event),
      onpicture: (picture) => this.runs.forEach((run) => run.show(picture)),
      onqueue: (remaining) => {
        this.remaining = remaining
        this.queueVersion += 1
      },
      onstate: (open) => {
        this.online = open
        if (open) void this.catchUp()
      },
    })
  }

  close(): void {
    this.link?.close()
  }

  retry(): void {
    this.link?.retry()
  }

  /** Tells a workflow of its jobs from now on. The function that is given back ends that. */
  attach(run: RunState): () => void {
    this.runs.add(run)
    run.wants = (job) => void this.restore(run, job).catch(() => undefined)
    return () => this.runs.delete(run)
  }

  /** Queues a job and shows it in `run`. Throws ApiError, with the problems of the graph. */
  async order(order: Order, run: RunState): Promise<Job> {
    this.ordering += 1
    try {
      const job = await asked(
        this.api.POST('/api/v1/jobs', {
          body: {
            workflow: order.workflow as { nodes: unknown[] },
            title: order.title,
            client: this.client,
            front: order.front ?? false,
            ...(order.targets ? { targets: [...order.targets] } : {}),
          },
        }),
      )
      run.follow(job.id, job.status)
      for (const event of this.early) run.hear(event)
      return job as Job
    } finally {
      this.ordering -= 1
      if (this.ordering === 0) this.early = []
    }
  }

  /** Asks how a job is and shows it; for the page that was away. */
  async restore(run: RunState, id: string): Promise<void> {
    run.restore((await asked(this.api.GET('/api/v1/jobs/{id}', { params: { path: { id } } }))) as Job)
  }

  private hear(event: JobEvent): void {
    if (this.ordering > 0) this.early.push(event)
    for (const run of this.runs) run.hear(event)
  }

  /** After the socket has come back: what happened meanwhile to the jobs that are shown. */
  private async catchUp(): Promise<void> {
    for (const run of this.runs) {
      if (run.job === '' || !run.busy) continue
      try {
        await this.restore(run, run.job)
      } catch (error) {
        if ((error as ApiError).status === 404) run.clear()
      }
    }
  }
}
