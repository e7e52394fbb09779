/**
 * Which tabs belong to which window of the browser. Each window keeps its own, over reloads and
 * crashes; a new one takes up what a closed one left.
 */

export interface TabEntry {
  readonly key: string
  /** Its path among the saved workflows, '' before it was saved. */
  readonly name: string
  readonly changed: boolean
  /** Where it came from, if that is neither: see `Files`. */
  readonly source: string
  /** The job that it showed last. */
  readonly job: string
}

export interface Tabs {
  readonly entries: readonly TabEntry[]
  readonly current: string
}

type Store = Pick<Storage, 'getItem' | 'setItem'>
type All = { readonly [window: string]: Tabs & { readonly seen: number } }

const ALL = 'patchbay.windows'
const OWN = 'patchbay.window'
/** As long as a living window may take to say that it is there. */
const PATIENCE_MILLISECONDS = 60
const MOST_WINDOWS = 8
const NONE: Tabs = { entries: [], current: '' }

export class Windows {
  private id = ''

  constructor(
    private readonly lasting: Store,
    private readonly session: Store,
    private readonly channel: Pick<BroadcastChannel, 'postMessage' | 'addEventListener'> | null,
    private readonly now: () => number = Date.now,
  ) {
    channel?.addEventListener('message', (event) => {
      if ((event as MessageEvent<unknown>).data === 'who' && this.id) channel.postMessage({ here: this.id })
    })
  }

  /** The tabs that this window had, or that a closed one left. */
  async take(): Promise<Tabs> {
    const living = await this.living()
    const all = this.all()
    const own = read(this.session, OWN)
    // A window that was duplicated brings the other's id along.
    const mine = typeof own === 'string' && !living.has(own) ? own : undefined
    const left = Object.entries(all)
      .filter(([id]) => !living.has(id))
      .toSorted(([, a], [, b]) => b.seen - a.seen)[0]?.[0]
    this.id = mine ?? left ?? `window-${this.now().toString(36)}${Math.random().toString(36).slice(2, 8)}`
    write(this.session, OWN, this.id)
    return all[this.id] ?? NONE
  }

  remember(tabs: Tabs): void {
    if (this.id === '') return
    const all = { ...this.all(), [this.id]: { ...tabs, seen: this.now() } }
    const kept = Object.entries(all).toSorted(([, a], [, b]) => b.seen - a.seen)
    write(this.lasting, ALL, Object.fromEntries(kept.slice(0, MOST_WINDOWS)))
  }

  private async living(): Promise<ReadonlySet<string>> {
    const found = new Set<string>()
    const { channel } = this
    if (channel === null) return found
    channel.addEventListener('message', (event) => {
      const { data } = event as MessageEvent<unknown>
      if (typeof data === 'object' && data !== null && 'here' in data) found.add(String(data.here))
    })
    channel.postMessage('who')
    await new Promise((done) => setTimeout(done, PATIENCE_MILLISECONDS))
    return found
  }

  private all(): All {
    const found = read(this.lasting, ALL)
    if (typeof found !== 'object' || found === null) return {}
    return Object.fromEntries(
      Object.entries(found).flatMap(([id, tabs]) => (isTabs(tabs) ? [[id, tabs]] : [])),
    )
  }
}

function isTabs(value: unknown): value is Tabs & { seen: number } {
  if (typeof value !== 'object' || value === null) return false
  const { entries, current, seen } = value as { [key: string]: unknown }
  return (
    Array.isArray(entries) &&
    entries.every(isEntry) &&
    typeof current === 'string' &&
    typeof seen === 'number'
  )
}

function isEntry(value: unknown): value is TabEntry {
  const { key, name, changed, source, job } = (value ?? {}) as { [key: string]: unknown }
  const texts = [key, name, source, job].every((each) => typeof each === 'string')
  return texts && typeof changed === 'boolean'
}

function read(store: Store, key: string): unknown {
  try {
    return JSON.parse(store.getItem(key) ?? 'null')
  } catch {
    return null
  }
}

function write(store: Store, key: string, value: unknown): void {
  try {
    store.setItem(key, JSON.stringify(value))
  } catch {
    // The browser keeps nothing: the drafts are on the server all the same.
  }
}
