/** Values of files in any form that editors have written, as ours. Nothing here throws. */

import type { Box, Control, Mode, NodeId, Point, Size } from '../document'
import { isList, isObject, type Json, type JsonObject } from '../json'

export function textOf(value: Json | undefined): string {
  return typeof value === 'string' ? value : ''
}

export function numberOf(value: Json | undefined): number | undefined {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value
  return typeof number === 'number' && Number.isFinite(number) ? number : undefined
}

export function wholeOf(value: Json | undefined): number | undefined {
  const number = numberOf(value)
  return number !== undefined && Number.isSafeInteger(number) ? number : undefined
}

/** An id, which files have as a number or a text. */
export function identityOf(value: Json | undefined): NodeId | undefined {
  if (typeof value === 'string') return value === '' ? undefined : value
  const whole = wholeOf(value)
  return whole === undefined ? undefined : String(whole)
}

/** An id as files have it. */
export function identity(id: NodeId): number | string {
  return /^-?(?:0|[1-9]\d{0,14})$/.test(id) && id !== '-0' ? Number(id) : id
}

/** Two numbers from a list, or from the object with the keys 0 and 1 that typed arrays became. */
export function pairOf(value: Json | undefined): readonly [number, number] | undefined {
  const held: readonly (Json | undefined)[] = isList(value)
    ? value
    : isObject(value)
      ? [value['0'], value['1']]
      : []
  const [first, second] = [numberOf(held[0]), numberOf(held[1])]
  return first === undefined || second === undefined ? undefined : [first, second]
}

export function pointOf(value: Json | undefined): Point | undefined {
  const pair = pairOf(value)
  return pair && { x: pair[0], y: pair[1] }
}

export function sizeOf(value: Json | undefined): Size | undefined {
  const pair = pairOf(value)
  return pair && pair[0] > 0 && pair[1] >= 0 ? { width: pair[0], height: pair[1] } : undefined
}

export function boxOf(value: Json | undefined): Box | undefined {
  const parts: readonly (Json | undefined)[] = isList(value)
    ? value
    : isObject(value)
      ? [value['0'], value['1'], value['2'], value['3']]
      : []
  const [x, y, width, height] = parts.slice(0, 4).map(numberOf)
  if (x === undefined || y === undefined || width === undefined || height === undefined) return undefined
  return { x, y, width, height }
}

export function box(value: Box): Json {
  return [value.x, value.y, value.width, value.height]
}

/** Old files have a list of choices for a choice, 0 for any type and -1 for an event. */
export function typeOf(value: Json | undefined): string {
  if (typeof value === 'string' && value !== '') return value
  if (isList(value)) return 'COMBO'
  return value === -1 ? 'EVENT' : '*'
}

const MODES: ReadonlySet<number> = new Set([0, 1, 2, 3, 4])

/** The mode, undefined if it is none that editors know. */
export function modeOf(value: Json | undefined): Mode | undefined {
  if (value === undefined || value === null) return 0
  const mode = typeof value === 'boolean' ? undefined : wholeOf(value)
  return mode !== undefined && MODES.has(mode) ? mode : undefined
}

const CONTROLS: ReadonlySet<string> = new Set(['fixed', 'increment', 'decrement', 'randomize'])

export function controlOf(value: Json | undefined): Control | undefined {
  return typeof value === 'string' && CONTROLS.has(value) ? (value as Control) : undefined
}

export function objectOf(value: Json | undefined): JsonObject {
  return isObject(value) ? value : {}
}

export function listOf(value: Json | undefined): readonly Json[] {
  return isList(value) ? value : []
}

/** What comes between a name and its number where a node has the same name twice. */
const AGAIN = '\u2063'

/** The names, each once: links end at an input by its name. */
export function unique(names: readonly string[]): string[] {
  const seen = new Map<string, number>()
  return names.map((name) => {
    const count = (seen.get(name) ?? 0) + 1
    seen.set(name, count)
    return count === 1 ? name : `${name}${AGAIN}${count}`
  })
}

/** The name as the file had it. */
export function bare(name: string): string {
  return name.split(AGAIN, 1)[0] ?? name
}
