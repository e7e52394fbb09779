/** How somebody likes the page. Kept in this browser. */

import { LANGUAGES, preferred, speech, type Language } from './i18n/index.svelte'

export type Theme = 'system' | 'light' | 'dark'

export interface Liking {
  theme: Theme
  language: Language | 'system'
  snap: boolean
  minimap: boolean
  /** Run by itself after a change: never, only what takes less than a second, always. */
  auto: 'off' | 'instant' | 'on'
  reducedMotion: boolean
  tourSeen: boolean
  /** Node classes by how lately they were added. */
  recent: string[]
}

const FIRST: Liking = {
  theme: 'system',
  language: 'system',
  snap: false,
  minimap: true,
  auto: 'off',
  reducedMotion: false,
  tourSeen: false,
  recent: [],
}
const KEY = 'patchbay.settings'
const MOST_RECENT = 20

export class Settings {
  readonly now: Liking = $state({ ...FIRST })

  constructor(private readonly store: Pick<Storage, 'getItem' | 'setItem'>) {
    Object.assign(this.now, read(store))
  }

  set<K extends keyof Liking>(name: K, value: Liking[K]): void {
    this.now[name] = value
    try {
      this.store.setItem(KEY, JSON.stringify(this.now))
    } catch {
      // A browser that keeps nothing: the setting holds until the page is closed.
    }
  }

  used(type: string): void {
    this.set('recent', [type, ...this.now.recent.filter((each) => each !== type)].slice(0, MOST_RECENT))
  }
}

/** What was kept, as far as it still means something. */
function read(store: Pick<Storage, 'getItem'>): Partial<Liking> {
  let kept: unknown
  try {
    kept = JSON.parse(store.getItem(KEY) ?? '{}')
  } catch {
    return {}
  }
  if (typeof kept !== 'object' || kept === null) return {}
  const found = kept as { [K in keyof Liking]?: unknown }
  const good: Partial<Liking> = {}
  if (found.theme === 'light' || found.theme === 'dark') good.theme = found.theme
  if (typeof found.language === 'string' && found.language in LANGUAGES)
    good.language = found.language as Language
  if (found.auto === 'instant' || found.auto === 'on') good.auto = found.auto
  for (const name of ['snap', 'minimap', 'reducedMotion', 'tourSeen'] as const) {
    if (typeof found[name] === 'boolean') good[name] = found[name]
  }
  if (Array.isArray(found.recent)) good.recent = found.recent.filter((each) => typeof each === 'string')
  return good
}

/** Makes the page look and speak as it is liked. */
export function wear(liking: Liking, root: HTMLElement, languages: readonly string[]): void {
  speech.language = liking.language === 'system' ? preferred(languages) : liking.language
  root.lang = speech.language
  root.dir = speech.direction
  if (liking.theme === 'system') delete root.dataset.theme
  else root.dataset.theme = liking.theme
  root.classList.toggle('still', liking.reducedMotion)
}
