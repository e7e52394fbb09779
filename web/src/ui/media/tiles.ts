/** Which tiles of a picture a view needs, of a pyramid whose last level has it pixel by pixel. */

import type { Tiles } from '../../run/media'
import type { Size, View } from './zoom'

export interface Tile {
  readonly level: number
  readonly x: number
  readonly y: number
  /** In the box's pixels. */
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
}

type Pyramid = Pick<Tiles, 'width' | 'height' | 'tile' | 'levels'>

/** The coarsest level that has a pixel for each one drawn. */
export function levelFor(scale: number, levels: number): number {
  const last = levels - 1
  return Math.max(0, Math.min(last, Math.ceil(last + Math.log2(Math.max(1e-9, scale)) - 1e-9)))
}

/** The tiles of a level that the box shows, from its middle outwards. */
export function tilesIn(view: View, box: Size, picture: Pyramid, level: number): readonly Tile[] {
  const side = picture.tile
  const shrunk = 2 ** (picture.levels - 1 - level)
  const across = Math.ceil(picture.width / shrunk)
  const down = Math.ceil(picture.height / shrunk)
  const drawn = side * shrunk * view.scale
  const range = (edge: number, room: number, count: number): readonly [number, number] => [
    Math.max(0, Math.floor(-edge / drawn)),
    Math.min(Math.ceil(count / side) - 1, Math.floor((room - edge) / drawn)),
  ]
  const [left, right] = range(view.x, box.width, across)
  const [top, bottom] = range(view.y, box.height, down)
  const found: Tile[] = []
  for (let y = top; y <= bottom; y++) {
    for (let x = left; x <= right; x++) {
      found.push({
        level,
        x,
        y,
        left: view.x + x * drawn,
        top: view.y + y * drawn,
        width: (Math.min(side, across - x * side) / side) * drawn,
        height: (Math.min(side, down - y * side) / side) * drawn,
      })
    }
  }
  const far = (tile: Tile) =>
    Math.hypot(tile.left + drawn / 2 - box.width / 2, tile.top + drawn / 2 - box.height / 2)
  return found.sort((a, b) => far(a) - far(b))
}
