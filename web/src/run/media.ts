/** What a node's results are to look at and to listen to: typed items from the server's `ui`. */

import type { SoundPreview } from '../api/events'
import { isObject, type Json, type JsonObject } from '../core/json'
import type { Preview } from './progress'
import {
  plot,
  recipe,
  soundFacts,
  storyboard,
  words,
  type Plot,
  type Recipe,
  type SoundFacts,
  type Storyboard,
  type Word,
} from './shapes'

export type FolderName = 'input' | 'output' | 'temp'

/** A file on the server, and where it is looked at. */
export interface MediaFile {
  readonly folder: FolderName
  /** Its path below the folder. */
  readonly name: string
  readonly url: string
  readonly thumbnailUrl: string | null
  readonly peaksUrl: string | null
  readonly sizeBytes: number | null
  /** Known to be deleted, moved or renamed. */
  readonly gone: boolean
}

/** A very large picture in tiles: level 0 has it whole in one, each further one is twice as fine. */
export interface Tiles {
  /** `/{level}/{x}/{y}` comes after it. */
  readonly url: string
  readonly width: number
  readonly height: number
  /** Pixels each way. */
  readonly tile: number
  readonly levels: number
}

export type MediaItem =
  | { readonly kind: 'sound'; readonly file: MediaFile; readonly facts: SoundFacts | null }
  | { readonly kind: 'growing'; readonly preview: SoundPreview }
  | { readonly kind: 'video'; readonly file: MediaFile }
  | { readonly kind: 'pictures'; readonly files: readonly MediaFile[] }
  | { readonly kind: 'frame'; readonly url: string }
  | { readonly kind: 'deep'; readonly file: MediaFile; readonly tiles: Tiles | null }
  | { readonly kind: 'compare'; readonly before: MediaFile; readonly after: MediaFile }
  | { readonly kind: 'relief'; readonly depth: MediaFile; readonly colour: MediaFile | null }
  | {
      readonly kind: 'text'
      readonly text: string
      readonly markdown: boolean
      readonly growing: boolean
      /** Says what a card beside it shows: there for who asks. */
      readonly folded?: boolean
    }
  | { readonly kind: 'transcript'; readonly words: readonly Word[]; readonly sound: MediaFile | null }
  | { readonly kind: 'storyboard'; readonly storyboard: Storyboard }
  | { readonly kind: 'recipe'; readonly recipe: Recipe }
  | { readonly kind: 'plot'; readonly plot: Plot }
  | { readonly kind: 'facts'; readonly facts: SoundFacts }
  | { readonly kind: 'notes'; readonly notes: readonly string[] }
  | { readonly kind: 'json'; readonly title: string; readonly value: Json }
  | { readonly kind: 'file'; readonly file: MediaFile }

export type MediaKind = MediaItem['kind']
type Output = { readonly [kind: string]: readonly unknown[] }
type FileKind = 'sound' | 'video' | 'picture' | 'other'

// As the server sorts them (patchbay/probe.py), and what browsers show besides.
const SUFFIXES: { readonly [K in Exclude<FileKind, 'other'>]: readonly string[] } = {
  sound: 'wav flac mp3 ogg opus oga aif aiff m4a aac caf w64 au'.split(' '),
  picture: 'png jpg jpeg webp gif bmp tif tiff avif'.split(' '),
  video: 'mp4 webm mov mkv avi m4v ogv'.split(' '),
}

export function kindOf(name: string): FileKind {
  const suffix = /\.([^./]+)$/.exec(name)?.[1]?.toLowerCase() ?? ''
  for (const kind of ['sound', 'picture', 'video'] as const) if (SUFFIXES[kind].includes(suffix)) return kind
  return 'other'
}

/** A file by its place, such as what a file picker's value names. */
export function fileAt(folder: FolderName, name: string): MediaFile {
  const slash = name.lastIndexOf('/')
  const asked = new URLSearchParams({
    filename: name.slice(slash + 1),
    subfolder: slash < 0 ? '' : name.slice(0, slash),
    type: folder,
  })
  const path = `${folder}/${name.split('/').map(encodeURIComponent).join('/')}`
  const kind = kindOf(name)
  return {
    folder,
    name,
    url: `/view?${asked}`,
    thumbnailUrl: kind === 'other' ? null : `/api/v1/thumbnails/${path}`,
    peaksUrl: kind === 'sound' ? `/api/v1/peaks/${path}` : null,
    sizeBytes: null,
    gone: false,
  }
}

/** A file as nodes name it: `{filename, subfolder, type}`; null if it is none. */
export function fileIn(value: unknown): MediaFile | null {
  if (!isObject(value) || typeof value.filename !== 'string' || value.filename === '') return null
  const { type, subfolder } = value
  const folder = type === undefined ? 'output' : type
  if (folder !== 'input' && folder !== 'output' && folder !== 'temp') return null
  const above = typeof subfolder === 'string' && subfolder !== '' ? `${subfolder.replace(/\/+$/, '')}/` : ''
  return fileAt(folder, above + value.filename)
}

/** One file by itself, shown as its name says. */
export function itemOf(file: MediaFile, facts: SoundFacts | null = null): MediaItem {
  switch (kindOf(file.name)) {
    case 'sound':
      return { kind: 'sound', file, facts }
    case 'video':
      return { kind: 'video', file }
    case 'picture':
      return { kind: 'pictures', files: [file] }
    case 'other':
      return { kind: 'file', file }
  }
}

/** What a node shows while it works. */
export function previewItem(preview: Preview): MediaItem {
  switch (preview.kind) {
    case 'sound':
      return { kind: 'growing', preview }
    case 'image':
      return { kind: 'frame', url: preview.url }
    case 'text':
      return { kind: 'text', text: preview.text, markdown: false, growing: true }
  }
}

// `animated` only says how ComfyUI's own page is to show the pictures beside it.
const SILENT = ['animated', 'has_audio']

/** What a node showed, in the order in which it is looked at: files, then cards, then words. */
export function mediaOf(output: Output | null): readonly MediaItem[] {
  if (output === null) return []
  const facts = (output.facts ?? []).map(soundFacts)
  const found: MediaItem[] = compared(output)
  const paired = found.length > 0 ? ['a_images', 'b_images'] : []
  for (const [kind, values] of Object.entries(output)) {
    if (!Array.isArray(values) || SILENT.includes(kind) || paired.includes(kind)) continue
    if (kind === 'facts') continue
    found.push(...ofKind(kind, values, facts))
  }
  const heard = found.some((item) => item.kind === 'sound')
  if (!heard)
    found.push(...facts.flatMap((each): MediaItem[] => (each ? [{ kind: 'facts', facts: each }] : [])))
  const card = found.some((item) => item.kind === 'recipe')
  return found
    .map((item) => (card && item.kind === 'text' ? { ...item, folded: true } : item))
    .map((item, index) => ({ item, index }))
    .sort(byRank)
    .map(({ item }) => item)
}

function ofKind(
  kind: string,
  values: readonly unknown[],
  facts: readonly (SoundFacts | null)[],
): MediaItem[] {
  if (kind === 'notes') return [{ kind: 'notes', notes: values.filter((each) => typeof each === 'string') }]
  if (kind === 'text' || kind === 'markdown') {
    const texts = values.filter((each) => typeof each === 'string')
    const markdown = kind === 'markdown'
    return texts.map((text) => ({ kind: 'text', text, markdown, growing: false }))
  }
  const card = CARDS[kind]
  if (card) return values.map((value) => card(value) ?? unread(kind, value))
  return files(
    values.map((value) => fileIn(value) ?? (value as Json)),
    kind,
    facts,
  )
}

const CARDS: { readonly [kind: string]: (value: unknown) => MediaItem | null } = {
  transcript(value) {
    const found = words(value)
    if (found.length === 0) return null
    return {
      kind: 'transcript',
      words: found,
      sound: isObject(value) ? fileIn(value.audio ?? value.sound) : null,
    }
  },
  recipe(value) {
    const found = recipe(value)
    return found && { kind: 'recipe', recipe: found }
  },
  storyboard(value) {
    const found = storyboard(value)
    return found && { kind: 'storyboard', storyboard: found }
  },
  plot(value) {
    const found = plot(value)
    return found && { kind: 'plot', plot: found }
  },
  relief: (value) => relief(value),
  depth: (value) => relief(value),
  mural(value) {
    const file = fileIn(value)
    return file && { kind: 'deep', file, tiles: null }
  },
  compare(value) {
    if (!isObject(value)) return null
    const [before, after] = [fileIn(value.before), fileIn(value.after)]
    return before && after && { kind: 'compare', before, after }
  },
}

function relief(value: unknown): MediaItem | null {
  const depth = fileIn(isObject(value) && isObject(value.depth) ? value.depth : value)
  const colour = isObject(value) ? fileIn(value.colour ?? value.color ?? value.image) : null
  return depth && { kind: 'relief', depth, colour }
}

/** Files each by itself, pictures together; `facts` are of the sounds, in their order. */
function files(
  values: readonly (MediaFile | Json)[],
  title: string,
  facts: readonly (SoundFacts | null)[],
): MediaItem[] {
  const found: MediaItem[] = []
  const pictures: MediaFile[] = []
  let sounds = 0
  for (const value of values) {
    if (!isFile(value)) found.push(unread(title, value))
    else if (kindOf(value.name) === 'picture') pictures.push(value)
    else found.push(itemOf(value, kindOf(value.name) === 'sound' ? (facts[sounds++] ?? null) : null))
  }
  return pictures.length > 0 ? [{ kind: 'pictures', files: pictures }, ...found] : found
}

function isFile(value: MediaFile | Json): value is MediaFile {
  return isObject(value) && 'thumbnailUrl' in value
}

/** Two pictures before and after, as compare nodes of ComfyUI's packs show them. */
function compared(output: Output): MediaItem[] {
  const before = fileIn(output.a_images?.[0])
  const after = fileIn(output.b_images?.[0])
  return before && after ? [{ kind: 'compare', before, after }] : []
}

function unread(title: string, value: unknown): MediaItem {
  return { kind: 'json', title, value: value as Json }
}

const LAST: readonly MediaKind[] = ['text', 'facts', 'json', 'notes']

function byRank(a: Ranked, b: Ranked): number {
  return LAST.indexOf(a.item.kind) - LAST.indexOf(b.item.kind) || a.index - b.index
}

interface Ranked {
  readonly item: MediaItem
  readonly index: number
}

/** A file as the server's lists have it. */
export function fileOf(entry: JsonObject & { folder: FolderName; name: string }): MediaFile {
  const { size_bytes: size, exists } = entry
  return {
    ...fileAt(entry.folder, entry.name),
    sizeBytes: typeof size === 'number' ? size : null,
    gone: exists === false,
  }
}
