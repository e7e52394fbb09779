/** A JSON value. What a file brings that we do not know is kept as one of these and written back. */

export type Json = null | boolean | number | string | Digits | readonly Json[] | JsonObject
export type JsonObject = { readonly [key: string]: Json }

declare global {
  interface JSON {
    /** In browsers from 2025 on: a text that stringify takes over as it is. */
    rawJSON?(text: string): unknown
  }
}

/** A number that JavaScript's cannot hold, such as a seed of 64 bits: by its digits. */
export class Digits {
  constructor(readonly digits: string) {}

  toString(): string {
    return this.digits
  }

  valueOf(): number {
    return Number(this.digits)
  }

  toJSON(): unknown {
    return JSON.rawJSON?.(this.digits) ?? Number(this.digits)
  }
}

export function isObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Digits)
}

export function isList(value: unknown): value is readonly Json[] {
  return Array.isArray(value)
}

/** Whether two values say the same, whatever the order of their keys. */
export function same(a: Json | undefined, b: Json | undefined): boolean {
  if (a === b) return true
  if (a instanceof Digits || b instanceof Digits) return String(a) === String(b) && typeof a === typeof b
  if (isList(a) && isList(b)) {
    return a.length === b.length && a.every((item, index) => same(item, b[index]))
  }
  if (!isObject(a) || !isObject(b)) return false
  const keys = Object.keys(a)
  return (
    keys.length === Object.keys(b).length &&
    keys.every((key) => Object.hasOwn(b, key) && same(a[key], b[key]))
  )
}

/** The object without the entries that are undefined. */
export function defined(entries: { readonly [key: string]: Json | undefined }): JsonObject {
  return Object.fromEntries(
    Object.entries(entries).filter((pair): pair is [string, Json] => pair[1] !== undefined),
  )
}

/** The object without some of its entries. */
export function without<T extends { readonly [key: string]: unknown }>(object: T, ...keys: string[]): T {
  return Object.fromEntries(Object.entries(object).filter(([key]) => !keys.includes(key))) as T
}
