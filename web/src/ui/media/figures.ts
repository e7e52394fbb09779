/** Times and levels as one reads them. */

import { speech } from '../i18n/index.svelte'

/** 0:03.2, 12:40.0, 1:02:03.4: always as many signs, so that it does not jump while it runs. */
export function clock(seconds: number, tenths = true): string {
  const whole = Math.max(0, Number.isFinite(seconds) ? seconds : 0)
  // In tenths first: 59.96 is 1:00.0 and not 0:60.0.
  const ticks = tenths ? Math.floor(whole * 10 + 1e-6) : Math.round(whole) * 10
  const [hours, minutes] = [Math.floor(ticks / 36_000), Math.floor(ticks / 600) % 60]
  const rest = String(Math.floor(ticks / 10) % 60).padStart(2, '0') + (tenths ? `.${ticks % 10}` : '')
  return hours > 0 ? `${hours}:${String(minutes).padStart(2, '0')}:${rest}` : `${minutes}:${rest}`
}

/** A level to one place, with a true minus; silence is −∞. */
export function level(db: number | null): string {
  if (db === null || !Number.isFinite(db)) return '−∞'
  const digits = { minimumFractionDigits: 1, maximumFractionDigits: 1 }
  return new Intl.NumberFormat(speech.language, digits).format(Math.abs(db) < 0.05 ? 0 : db).replace('-', '−')
}

export function kilohertz(rateHz: number): string {
  return `${new Intl.NumberFormat(speech.language, { maximumFractionDigits: 2 }).format(rateHz / 1000)} kHz`
}

export function bytes(size: number): string {
  const units = ['B', 'kB', 'MB', 'GB', 'TB']
  const power = Math.min(units.length - 1, size > 0 ? Math.floor(Math.log10(size) / 3) : 0)
  const value = size / 1000 ** power
  const digits = { maximumFractionDigits: value < 10 && power > 0 ? 1 : 0 }
  return `${new Intl.NumberFormat(speech.language, digits).format(value)} ${units[power]}`
}

/** The last part of a path. */
export function lastOf(name: string): string {
  return name.slice(name.lastIndexOf('/') + 1)
}
