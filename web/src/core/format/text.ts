/**
 * A saved workflow's text. The form is that of the server's `patchbay/litegraph/writing.py`, byte
 * for byte, so that git shows what changed whoever has written the file.
 */

import { Digits, isList, isObject, type Json, type JsonObject } from '../json'
import { FormatError } from './errors'

/** How a node looks, as against what it means: last in its block. */
const LOOKS: ReadonlySet<string> = new Set(['bgcolor', 'color', 'flags', 'order', 'pos', 'shape', 'size'])

/** Strings are matched so as to be passed over. */
const NUMBERS = /"(?:[^"\\]|\\.)*"|-?\d[\d.eE+-]*|-?\bInfinity\b|\bNaN\b/g
const HELD = '\u2063digits'

export interface Parsed {
  readonly value: Json
  /** Python writes NaN and Infinity, which JSON has not: they are read as null. */
  readonly repaired: boolean
}

/** The value of a JSON text, numbers beyond 2^53 as `Digits`. Throws FormatError. */
export function parse(text: string): Parsed {
  const clean = text.startsWith('\uFEFF') ? text.slice(1) : text
  const large = /\d{16}|\d[eE]\+?\d{3}/.test(clean)
  try {
    return { value: large ? parseLarge(clean) : (JSON.parse(clean) as Json), repaired: false }
  } catch (error) {
    if (/\b(?:NaN|Infinity)\b/.test(clean)) {
      try {
        return { value: parseLarge(clean), repaired: true }
      } catch {
        // it is worse than that: the first error tells
      }
    }
    throw refusal(clean, error)
  }
}

function parseLarge(text: string): Json {
  const held = text.replace(NUMBERS, (literal) => {
    if (literal.startsWith('"')) return literal
    if (/[NI]/.test(literal)) return 'null'
    return exact(literal) ? literal : JSON.stringify({ [HELD]: literal })
  })
  return JSON.parse(held, (_, value: unknown) =>
    isObject(value) && typeof value[HELD] === 'string' ? new Digits(value[HELD]) : value,
  ) as Json
}

/** Whether JavaScript's number says the same; what is no number is left for the parser to refuse. */
function exact(literal: string): boolean {
  if (!/^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/.test(literal)) return true
  const value = Number(literal)
  if (!Number.isFinite(value)) return false
  return /[.eE]/.test(literal) || Number.isSafeInteger(value)
}

function refusal(text: string, error: unknown): FormatError {
  if (text.trim() === '') return new FormatError('not_json', 'The file is empty: choose another one.')
  if (isCutOff(text)) {
    const message = `The file ends in the middle, after ${text.length} characters: it was not saved or copied whole.`
    return new FormatError('cut_off', `${message} Open an earlier version of it.`)
  }
  const why = error instanceof Error ? error.message : String(error)
  return new FormatError('not_json', `The file is not JSON (${why}): open a saved workflow.`)
}

/** Whether brackets or a text are still open at the end, and none was closed wrongly before. */
function isCutOff(text: string): boolean {
  if (!/^\s*[[{]/.test(text)) return false
  const open: string[] = []
  for (const [token] of text.matchAll(/"(?:[^"\\]|\\.)*(?:"|\\?$)|[[\]{}]/g)) {
    if (token === '{' || token === '[') open.push(token)
    else if (token === '}' || token === ']') {
      if (open.pop() !== (token === '}' ? '{' : '[')) return false
    } else if (token.length === 1 || !token.endsWith('"')) return true
  }
  return open.length > 0
}

/** A workflow as text: sorted keys, a block for each node, a line for each link, a newline last. */
export function dumps(workflow: JsonObject): string {
  const lines = sorted(workflow).map(([key, value]) => {
    if (key !== 'definitions' || !isObject(value)) return line(key, part(key, value))
    return line(key, block(sorted(value).map(([name, list]) => line(name, definitions(list)))))
  })
  return `${block(lines)}\n`
}

function definitions(value: Json): string {
  if (!isList(value) || !value.every(isObject)) return compact(value)
  return list(
    (value as readonly JsonObject[]).map((one) =>
      block(sorted(one).map(([key, held]) => line(key, part(key, held)))),
    ),
  )
}

function part(key: string, value: Json): string {
  if (!isList(value)) return compact(value)
  return list(value.map(key === 'nodes' ? node : compact))
}

/** The text of a node that was written before: saving often must not cost much. */
const texts = new WeakMap<JsonObject, string>()

function node(value: Json): string {
  if (!isObject(value)) return compact(value)
  const known = texts.get(value)
  if (known !== undefined) return known
  const pairs = sorted(value)
  const ordered = [...pairs.filter(([key]) => !LOOKS.has(key)), ...pairs.filter(([key]) => LOOKS.has(key))]
  const text = block(ordered.map(([key, held]) => line(key, field(key, held))))
  texts.set(value, text)
  return text
}

function field(key: string, value: Json): string {
  return (key === 'inputs' || key === 'outputs') && isList(value) ? list(value.map(compact)) : compact(value)
}

function line(key: string, text: string): string {
  return `${JSON.stringify(key)}: ${text}`
}

function block(lines: readonly string[]): string {
  return `{${indented(lines)}}`
}

function list(lines: readonly string[]): string {
  return `[${indented(lines)}]`
}

function indented(lines: readonly string[]): string {
  return lines.length > 0 ? `\n ${lines.join(',\n').replaceAll('\n', '\n ')}\n` : ''
}

/** A value in one line. */
export function compact(value: Json): string {
  if (value === null || typeof value === 'boolean') return String(value)
  if (typeof value === 'number') return number(value)
  if (typeof value === 'string') return JSON.stringify(value)
  if (value instanceof Digits) return value.digits
  if (isList(value)) return `[${value.map(compact).join(', ')}]`
  return `{${sorted(value as JsonObject)
    .map(([key, held]) => line(key, compact(held)))
    .join(', ')}}`
}

/** A number as Python writes it; whole ones without a point, as both sides do. */
function number(value: number): string {
  if (!Number.isFinite(value)) return 'null'
  if (Number.isSafeInteger(value)) return String(value === 0 ? 0 : value)
  const size = Math.abs(value)
  if (size >= 1e16 || size < 1e-4) {
    return value.toExponential().replace(/e([+-])(\d)$/, 'e$10$2')
  }
  return Number.isInteger(value) ? `${value}.0` : String(value)
}

/** Entries by key in the order of their characters' numbers, as Python sorts. */
function sorted(value: JsonObject): [string, Json][] {
  const pairs = Object.entries(value).filter(([, held]) => held !== undefined)
  return pairs.sort(([a], [b]) => byCharacters(a, b))
}

function byCharacters(a: string, b: string): number {
  if (!/[\uD800-\uFFFF]/.test(a + b)) return a < b ? -1 : Number(a > b)
  const [left, right] = [[...a], [...b]]
  for (let place = 0; place < Math.min(left.length, right.length); place += 1) {
    const difference =
      ((left[place] as string).codePointAt(0) ?? 0) - ((right[place] as string).codePointAt(0) ?? 0)
    if (difference !== 0) return difference
  }
  return left.length - right.length
}
