/**
 * Room for sound, pictures and film below a card whose body has none: a foot. It is seen and hit
 * like the rest of the card and belongs to no document, so nothing moves in the saved file.
 */

import { LEAST_AREA } from '../core/geometry'
import type { MediaItem, MediaKind } from '../run/media'
import type { Layout } from './layout'

/** The room that each kind takes by a guess; once it stood in a card its own height is known. */
const HEIGHTS: { readonly [Kind in MediaKind]: number } = {
  sound: 152,
  growing: 96,
  video: 200,
  pictures: 200,
  frame: 200,
  deep: 220,
  compare: 220,
  relief: 220,
  text: 96,
  transcript: 170,
  storyboard: 220,
  recipe: 190,
  plot: 150,
  facts: 44,
  notes: 56,
  json: 96,
  file: 48,
}
const GAP = 6
/** More than this is scrolled. */
export const MOST_FOOT = 330
/** Above and below what is shown. */
const MARGIN = 8

/** How high a place these would like to have. */
export function wantedFor(items: readonly MediaItem[]): number {
  if (items.length === 0) return 0
  const sum = items.reduce((height, item) => height + HEIGHTS[item.kind] + GAP, MARGIN - GAP)
  return Math.min(MOST_FOOT, sum)
}

/** What of the wanted height the body does not have. A body that was given room is taken at its word. */
export function footOf(layout: Layout, wanted: number): number {
  const given = layout.media?.height ?? 0
  if (layout.height === 0 || layout.head === 0 || given >= LEAST_AREA) return 0
  return Math.max(0, wanted - given)
}
