/** What a choice offers, and how a list of it is searched and placed. */

import uFuzzy from '@leeoniya/ufuzzy'
import type { Engine, Port } from '../../core/specs'

export interface Option {
  readonly value: string
  /** What is missing for it to work; '' if nothing is. */
  readonly missing: string
  readonly note: string
}

/** The choices, then the engines that cannot work here, with what they lack. */
export function optionsOf(port: Port, engines: readonly Engine[]): Option[] {
  const byName = new Map(engines.map((engine) => [engine.name, engine]))
  const listed = (port.widget?.choices ?? []).map((value) => optionOf(value, byName.get(value)))
  const others = engines.filter(({ name }) => !port.widget?.choices.includes(name))
  return [...listed, ...others.map((engine) => optionOf(engine.name, engine))]
}

function optionOf(value: string, engine: Engine | undefined): Option {
  const missing = engine === undefined || engine.available ? '' : (engine.missing ?? engine.needs)
  return { value, missing, note: engine?.doc ?? '' }
}

const fuzzy = new uFuzzy({ intraMode: 1 })

export function matching(options: readonly Option[], words: string): readonly Option[] {
  if (words.trim() === '') return options
  const [found, , order] = fuzzy.search(
    options.map(({ value }) => value),
    words,
    1,
  )
  const places = order && found ? order.map((place) => found[place]) : found
  return (places ?? []).flatMap((place) => (place === undefined ? [] : (options[place] ?? [])))
}
