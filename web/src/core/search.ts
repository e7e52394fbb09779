/** Finding a node to add: by name, by what it says of itself, by what it takes and gives. */

import uFuzzy from '@leeoniya/ufuzzy'
import { ANY, fits, type Spec } from './specs'

export interface Filter {
  /** Only nodes with an input that takes this type. */
  readonly takes?: string
  /** Only nodes with an output of this type. */
  readonly gives?: string
  readonly category?: string
}

export interface Match {
  readonly spec: Spec
  /** Pairs of places in the title between which it matches. */
  readonly ranges: readonly number[]
  /** The input or output that the filter asked for. */
  readonly input: string | undefined
  readonly output: number | undefined
}

/** Where a word may be found, what counts most first. */
const FIELDS: readonly ((spec: Spec) => string)[] = [
  (spec) => spec.title,
  (spec) => [spec.name, ...spec.aliases].join(' '),
  (spec) => [spec.category, ...typesOf(spec)].join(' '),
  (spec) => `${spec.summary} ${spec.doc} ${spec.pack}`,
]

export class NodeSearch {
  private readonly fuzzy = new uFuzzy({ intraMode: 1, intraIns: 1 })
  private readonly fields: readonly (readonly string[])[]

  constructor(readonly specs: readonly Spec[]) {
    this.fields = FIELDS.map((field) => uFuzzy.latinize(specs.map(field)))
  }

  /** The best first; without a text those used last, then all by title. `recent` are names, the last used first. */
  find(text: string, filter: Filter = {}, recent: readonly string[] = [], most = 200): Match[] {
    const [words, asked] = split(text)
    const wanted = { ...asked, ...filter }
    const places = new Map(recent.map((name, place) => [name, place]))
    const age = (index: number) => places.get(this.specs[index]?.name ?? '') ?? Infinity
    const found = words === '' ? this.everything(age) : this.ranked(words, age)
    const matches: Match[] = []
    for (const { index, ranges } of found) {
      const spec = this.specs[index]
      const match =
        spec && (spec.deprecated === '' || words !== '') ? matching(spec, wanted, ranges) : undefined
      if (match !== undefined) matches.push(match)
      if (matches.length >= most) break
    }
    return matches
  }

  private everything(age: (index: number) => number): Ranked[] {
    const title = (index: number) => this.specs[index]?.title ?? ''
    const indexes = this.specs.map((_, index) => index)
    const compared = (a: number, b: number) => byNumber(age(a), age(b)) || title(a).localeCompare(title(b))
    return indexes.sort(compared).map((index) => ({ index, ranges: [] }))
  }

  private ranked(words: string, age: (index: number) => number): Ranked[] {
    const found = new Map<number, Ranked>()
    for (const [field, texts] of this.fields.entries()) {
      const fresh = this.searched(words, texts).filter(({ index }) => !found.has(index))
      // among equally good places, what one used last is likelier meant
      const close =
        field < 2 ? fresh.map((one, place) => ({ one, place: place - (age(one.index) < 12 ? 3 : 0) })) : []
      const ordered = field < 2 ? close.sort((a, b) => a.place - b.place).map(({ one }) => one) : fresh
      for (const one of ordered) found.set(one.index, field === 0 ? one : { ...one, ranges: [] })
    }
    return [...found.values()]
  }

  private searched(words: string, texts: readonly string[]): Ranked[] {
    const [indexes, info, order] = this.fuzzy.search(texts as string[], words, 1, 1000)
    if (indexes === null) return []
    if (info === null || order === null) return indexes.map((index) => ({ index, ranges: [] }))
    return order.map((place) => ({ index: info.idx[place] as number, ranges: info.ranges[place] ?? [] }))
  }
}

interface Ranked {
  readonly index: number
  readonly ranges: readonly number[]
}

/** Words to look for, and what `takes:AUDIO` and `gives:AUDIO` among them ask. */
function split(text: string): [string, Filter] {
  const asked: { takes?: string; gives?: string } = {}
  const words = text.replace(/\b(takes|gives):(\S+)/gi, (_, key: string, type: string) => {
    asked[key.toLowerCase() as 'takes' | 'gives'] = type.toUpperCase()
    return ''
  })
  return [uFuzzy.latinize(words.trim()), asked]
}

function matching(spec: Spec, filter: Filter, ranges: readonly number[]): Match | undefined {
  if (filter.category !== undefined && !`${spec.category}/`.startsWith(`${filter.category}/`))
    return undefined
  const input = filter.takes === undefined ? undefined : inputTaking(spec, filter.takes)
  const output = filter.gives === undefined ? undefined : outputGiving(spec, filter.gives)
  if (
    (filter.takes !== undefined && input === undefined) ||
    (filter.gives !== undefined && output === undefined)
  )
    return undefined
  return { spec, ranges, input, output }
}

/** The input that takes a type: sockets before widgets, its own type before one that also fits. */
export function inputTaking(spec: Spec, type: string): string | undefined {
  const fitting = spec.inputs.filter(
    (port) => fits(type, port.type) && !(type !== ANY && port.type === ANY && port.widget),
  )
  const ranked = [...fitting].sort(
    (a, b) => rank(a.type, a.widget !== null) - rank(b.type, b.widget !== null),
  )
  return ranked[0]?.name
  function rank(wanted: string, widget: boolean): number {
    return (wanted === type ? 0 : 2) + (widget ? 1 : 0)
  }
}

export function outputGiving(spec: Spec, type: string): number | undefined {
  const exact = spec.outputs.findIndex((output) => output.type === type)
  const found = exact >= 0 ? exact : spec.outputs.findIndex((output) => fits(output.type, type))
  return found >= 0 ? found : undefined
}

/** Every type of a node's sockets, each once. */
export function typesOf(spec: Spec): string[] {
  return [...new Set([...spec.inputs, ...spec.outputs].map((port) => port.type))]
}

function byNumber(a: number, b: number): number {
  return a === b ? 0 : a - b
}
