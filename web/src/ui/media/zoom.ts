/** Looking at a picture through a box: where it lies and how large it is drawn. */

export interface Size {
  readonly width: number
  readonly height: number
}

/** The picture's top left corner in the box, and box pixels to one of the picture's. */
export interface View {
  readonly x: number
  readonly y: number
  readonly scale: number
}

export const LARGEST_SCALE = 64
/** From here on pixels are shown as squares. */
export const SQUARES = 4

/** The whole picture in the middle of the box; of a very small one each pixel becomes a square. */
export function fitted(picture: Size, box: Size): View {
  const room = Math.min(box.width / picture.width, box.height / picture.height)
  return centred(picture, box, room >= SQUARES ? Math.floor(room) : Math.min(1, room))
}

export function centred(picture: Size, box: Size, scale: number): View {
  return { x: (box.width - picture.width * scale) / 2, y: (box.height - picture.height * scale) / 2, scale }
}

/** Larger or smaller by a factor; the point of the picture under (x, y) stays there. */
export function zoomed(view: View, factor: number, x: number, y: number, picture: Size, box: Size): View {
  const least = Math.min(fitted(picture, box).scale, 1)
  const scale = Math.max(least, Math.min(LARGEST_SCALE, view.scale * factor))
  const share = scale / view.scale
  return kept({ x: x - (x - view.x) * share, y: y - (y - view.y) * share, scale }, picture, box)
}

/** No gap at an edge of the box as long as the picture is larger than it; else in the middle. */
export function kept(view: View, picture: Size, box: Size): View {
  const [width, height] = [picture.width * view.scale, picture.height * view.scale]
  const place = (at: number, length: number, room: number) =>
    length <= room ? (room - length) / 2 : Math.min(0, Math.max(room - length, at))
  return { x: place(view.x, width, box.width), y: place(view.y, height, box.height), scale: view.scale }
}

/** The pixel under a point of the box; null beside the picture. */
export function pixelAt(view: View, x: number, y: number, picture: Size): { x: number; y: number } | null {
  const at = { x: Math.floor((x - view.x) / view.scale), y: Math.floor((y - view.y) / view.scale) }
  return at.x >= 0 && at.y >= 0 && at.x < picture.width && at.y < picture.height ? at : null
}
