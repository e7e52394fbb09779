/** Readable things that nodes show as JSON: read with patience, as packs write them by hand. */

import { isObject, type Json } from '../core/json'

export interface Word {
  readonly text: string
  /** Seconds from the sound's beginning. */
  readonly start: number
  readonly end: number
}

/** What was measured of a sound; null for silence or what is not known. */
export interface SoundFacts {
  readonly loudnessLufs: number | null
  readonly truePeakDb: number | null
  readonly seconds: number | null
  readonly rateHz: number | null
  readonly channels: number | null
}

export interface Section {
  readonly name: string
  readonly bars: number
  /** 0 bare, 1 everything plays. */
  readonly energy: number
}

export interface Recipe {
  readonly title: string
  readonly mood: string
  readonly bpm: number
  readonly key: string
  readonly instruments: readonly string[]
  readonly sections: readonly Section[]
  readonly ambience: string
  readonly prompt: string
  /** 0 straight, 1 full triplet swing. */
  readonly swing: number
}

export interface Scene {
  readonly title: string
  readonly text: string
  readonly seconds: number | null
  /** What else is said of it, such as camera, place, sound. */
  readonly details: readonly { readonly name: string; readonly value: string }[]
  /** The picture's file, as nodes name files. */
  readonly picture: Json
}

export interface Storyboard {
  readonly title: string
  readonly scenes: readonly Scene[]
}

export interface Plot {
  readonly form: 'line' | 'bar'
  readonly title: string
  readonly xLabel: string
  readonly yLabel: string
  /** Where the values stand; their index if it was not said. Of bars, what stands below them. */
  readonly x: readonly number[] | readonly string[]
  /** NaN for a gap. */
  readonly series: readonly { readonly name: string; readonly values: readonly number[] }[]
}

export function soundFacts(value: unknown): SoundFacts | null {
  if (!isObject(value)) return null
  const facts = {
    loudnessLufs: number(value.loudness_lufs),
    truePeakDb: number(value.true_peak_dbtp),
    seconds: number(value.seconds),
    rateHz: number(value.rate_hz),
    channels: number(value.channels),
  }
  return facts.seconds === null && facts.loudnessLufs === null ? null : facts
}

/** Words in order of time; those without a time of their own are left out. */
export function words(value: unknown): readonly Word[] {
  const given = isObject(value) ? value.words : value
  if (!Array.isArray(given)) return []
  return given
    .flatMap((each: Json): Word[] => {
      if (!isObject(each)) return []
      const text = string(each.text) || string(each.word)
      const start = number(each.start)
      if (text === '' || start === null) return []
      return [{ text: text.trim(), start, end: Math.max(start, number(each.end) ?? start) }]
    })
    .sort((a, b) => a.start - b.start)
}

export function recipe(value: unknown): Recipe | null {
  if (!isObject(value) || !Array.isArray(value.sections) || number(value.bpm) === null) return null
  return {
    title: string(value.title),
    mood: string(value.mood),
    bpm: number(value.bpm) ?? 0,
    key: [string(value.tonic), string(value.mode)].filter(Boolean).join(' '),
    instruments: strings(value.instruments),
    sections: value.sections.filter(isObject).map((section) => ({
      name: string(section.name),
      bars: Math.max(0, number(section.bars) ?? 0),
      energy: Math.min(1, Math.max(0, number(section.energy) ?? 0)),
    })),
    ambience: string(value.ambience),
    prompt: string(value.prompt),
    swing: number(value.swing) ?? 0,
  }
}

const BEATS_A_BAR = 4

export function secondsOf(recipe: Recipe): number {
  const bars = recipe.sections.reduce((sum, section) => sum + section.bars, 0)
  return recipe.bpm > 0 ? (bars * BEATS_A_BAR * 60) / recipe.bpm : 0
}

export function storyboard(value: unknown): Storyboard | null {
  const given = isObject(value) ? (value.scenes ?? value.shots ?? value.panels) : value
  if (!Array.isArray(given)) return null
  const scenes = given.flatMap((each: Json) => (isObject(each) ? [scene(each)] : []))
  return { title: isObject(value) ? string(value.title) : '', scenes }
}

const OF_SCENE = ['title', 'name', 'text', 'description', 'prompt', 'seconds', 'duration', 'image', 'picture']

function scene(value: { readonly [key: string]: Json }): Scene {
  const details = Object.entries(value)
    .filter(([name, each]) => !OF_SCENE.includes(name) && ['string', 'number'].includes(typeof each))
    .map(([name, each]) => ({ name: name.replaceAll('_', ' '), value: String(each) }))
  return {
    title: string(value.title) || string(value.name),
    text: string(value.text) || string(value.description) || string(value.prompt),
    seconds: number(value.seconds) ?? number(value.duration),
    details: details.filter((each) => each.value !== ''),
    picture: value.image ?? value.picture ?? null,
  }
}

/** A plot from `{series: [{name, values}], x?, kind?, title?}`, or from plain numbers. */
export function plot(value: unknown): Plot | null {
  if (Array.isArray(value)) return plot({ series: [{ name: '', values: value }] })
  if (!isObject(value)) return null
  const listed = Array.isArray(value.series)
    ? value.series
    : [{ name: '', values: value.values ?? value.y ?? null }]
  const series = listed.flatMap((each: Json) =>
    isObject(each) && Array.isArray(each.values)
      ? [{ name: string(each.name), values: each.values.map((one: Json) => number(one) ?? NaN) }]
      : [],
  )
  const length = Math.max(0, ...series.map((each) => each.values.length))
  if (length === 0) return null
  return {
    form: value.kind === 'bar' || value.type === 'bar' ? 'bar' : 'line',
    title: string(value.title),
    xLabel: string(value.x_label),
    yLabel: string(value.y_label),
    x: positions(value.x, length),
    series,
  }
}

function positions(given: Json | undefined, length: number): readonly number[] | readonly string[] {
  if (Array.isArray(given) && given.length === length) {
    if (given.every((each: Json) => typeof each === 'number')) return given as number[]
    return given.map(String)
  }
  return Array.from({ length }, (_, index) => index)
}

function number(value: Json | undefined): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null
}

function string(value: Json | undefined): string {
  return typeof value === 'string' ? value : ''
}

function strings(value: Json | undefined): readonly string[] {
  return Array.isArray(value) ? value.filter((each: Json): each is string => typeof each === 'string') : []
}
