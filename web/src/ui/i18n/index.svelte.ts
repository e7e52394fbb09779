/** The page's words. A sentence is asked for by its key; a language that lacks it falls back to English. */

import { de } from './de'
import { en, type Key } from './en'

export type Language = 'en' | 'de'
export type { Key }
export type Words = { readonly [K in Key]: string }
export type Params = { readonly [name: string]: string | number }

export const LANGUAGES: {
  readonly [L in Language]: { readonly name: string; readonly words: Partial<Words> }
} = {
  en: { name: 'English', words: en },
  de: { name: 'Deutsch', words: de },
}

const RIGHT_TO_LEFT: readonly string[] = ['ar', 'fa', 'he', 'ur']

class Speech {
  language: Language = $state('en')

  get direction(): 'ltr' | 'rtl' {
    return RIGHT_TO_LEFT.includes(this.language) ? 'rtl' : 'ltr'
  }
}

export const speech = new Speech()

/** The best of the languages that somebody prefers, as `navigator.languages` has them. */
export function preferred(wanted: readonly string[]): Language {
  for (const tag of wanted) {
    const language = tag.split('-')[0]
    if (language !== undefined && language in LANGUAGES) return language as Language
  }
  return 'en'
}

/**
 * The words for a key, with `{name}` replaced by what is given. `{count|one|many}` chooses by the number
 * `count`, and `#` in there is the number.
 */
export function t(key: Key, params: Params = {}): string {
  const pattern = LANGUAGES[speech.language].words[key] ?? en[key]
  return pattern.replace(
    /\{(\w+)(?:\|([^|}]*)\|([^}]*))?\}/g,
    (whole, name: string, one?: string, many?: string) => {
      const given = params[name]
      if (given === undefined) return whole
      if (one === undefined || many === undefined) return shown(given)
      return (plural(Number(given)) === 'one' ? one : many).replaceAll('#', shown(given))
    },
  )
}

/** A number as the language writes it. */
export function shown(value: string | number): string {
  return typeof value === 'number' ? new Intl.NumberFormat(speech.language).format(value) : value
}

/** A length of time in a few letters: 0.4 s, 12 s, 3:05. */
export function duration(seconds: number): string {
  if (seconds < 10) {
    const digits = { maximumFractionDigits: seconds < 1 ? 2 : 1 }
    return `${new Intl.NumberFormat(speech.language, digits).format(seconds)} s`
  }
  if (seconds < 60) return `${Math.round(seconds)} s`
  const whole = Math.round(seconds)
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60]
  const two = (part: number) => String(part).padStart(2, '0')
  return hours > 0 ? `${hours}:${two(minutes)}:${two(rest)}` : `${minutes}:${two(rest)}`
}

/** How long ago, in words. `at` is in seconds since the epoch. */
export function ago(at: number, now = Date.now() / 1000): string {
  const format = new Intl.RelativeTimeFormat(speech.language, { numeric: 'auto' })
  const past = at - now
  const units = [
    ['day', 86_400],
    ['hour', 3_600],
    ['minute', 60],
  ] as const
  for (const [unit, seconds] of units) {
    if (Math.abs(past) >= seconds) return format.format(Math.round(past / seconds), unit)
  }
  return format.format(Math.round(past), 'second')
}

function plural(count: number): Intl.LDMLPluralRule {
  return new Intl.PluralRules(speech.language).select(count)
}
