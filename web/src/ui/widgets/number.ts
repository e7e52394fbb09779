/** Numbers as fields show and change them. */

import type { Port } from '../../core/specs'

export interface Range {
  readonly min: number
  readonly max: number
  readonly step: number
  readonly whole: boolean
}

export function rangeOf(port: Port): Range {
  const whole = port.type === 'INT'
  const { min, max, step } = port.widget ?? { min: null, max: null, step: null }
  return {
    min: min ?? -Infinity,
    max: max ?? Infinity,
    step: step !== null && step > 0 ? step : whole ? 1 : 0.01,
    whole,
  }
}

/** On the raster of the step, in the range, without the dust of binary fractions. */
export function fitted(value: number, { min, max, step, whole }: Range, fine = 1): number {
  const raster = whole ? Math.max(1, Math.round(step * fine)) : step * fine
  const base = Number.isFinite(min) ? min : 0
  const near = base + Math.round((value - base) / raster) * raster
  return tidy(Math.min(max, Math.max(min, near)))
}

export function tidy(value: number): number {
  return Number(value.toPrecision(12))
}

/** How much a step of keys or dragging is: ten times with Shift, a tenth with Alt. */
export function factorOf(event: { readonly shiftKey: boolean; readonly altKey: boolean }): number {
  return event.shiftKey ? 10 : event.altKey ? 0.1 : 1
}

export type Fault = 'not' | 'whole' | 'below' | 'above'

/** What is wrong with a number for a port; null if nothing is. */
export function faultOf(value: unknown, { min, max, whole }: Range): Fault | null {
  if (typeof value !== 'number' || !Number.isFinite(value)) return 'not'
  if (whole && !Number.isInteger(value)) return 'whole'
  if (value < min) return 'below'
  return value > max ? 'above' : null
}

/** The number that somebody typed, with a comma or a point; null if it is none. */
export function typed(text: string): number | null {
  const plain = text
    .trim()
    .replace(/[\s_’']/g, '')
    .replace(',', '.')
  if (!/^[-+]?(\d+\.?\d*|\.\d+)(e[-+]?\d+)?$/i.test(plain)) return null
  return Number(plain)
}

export function written(value: unknown): string {
  return typeof value === 'number'
    ? String(tidy(value))
    : value === null || value === undefined
      ? ''
      : String(value)
}
