/** The workflows on the server, saved and shipped, and the drafts. */

import { asked, type Schemas } from '../../api/client'
import type { App } from '../app.svelte'
import { notices } from '../notices.svelte'

export type Entry = Required<Schemas['WorkflowEntry']>
export type Draft = Required<Schemas['Draft']>

export class Saved {
  all: readonly Entry[] = $state.raw([])
  drafts: readonly Draft[] = $state.raw([])
  loaded = $state(false)

  constructor(private readonly app: App) {}

  get saved(): readonly Entry[] {
    return this.all.filter((entry) => entry.source === 'saved')
  }

  async load(): Promise<void> {
    const { api } = this.app.server
    try {
      const [workflows, drafts] = await Promise.all([
        asked(api.GET('/api/v1/workflows')),
        asked(api.GET('/api/v1/drafts')),
      ])
      this.all = workflows.workflows as Entry[]
      this.drafts = drafts.drafts as Draft[]
      this.loaded = true
    } catch (error) {
      notices.fail(error)
    }
  }
}
