/** Sound, pictures and film in nodes. */

import { describe, expect, test } from 'vitest'
import type { Desk } from './support/desk'
import { heardPlaying } from './support/sound'
import { lacking, stage } from './support/stage'

/** Makes a film and a picture: nodes for film come with a later issue. */
const SHOWING = `
import av
import numpy

from patchbay import Context, node


def write(path, suffix, format, pictures, rate):
    with av.open(str(path), "w", format=suffix) as out:
        stream = out.add_stream(format, rate=rate)
        stream.height, stream.width = pictures[0].shape[:2]
        stream.pix_fmt = "rgb24" if format == "png" else "yuv420p"
        for picture in pictures:
            out.mux(stream.encode(av.VideoFrame.from_ndarray(picture, format="rgb24")))
        out.mux(stream.encode())


@node(category="test", sink=True)
def show_film(ctx: Context) -> None:
    """Shows a film of four seconds in which a red bar goes from left to right."""
    pictures = []
    for index in range(100):
        picture = numpy.full((180, 320, 3), 40, dtype=numpy.uint8)
        picture[:, index * 3 : index * 3 + 20] = (250, 60, 60)
        pictures.append(picture)
    with ctx.saving("film", ".mp4", "video") as path:
        write(path, "mp4", "libx264", pictures, 25)


@node(category="test", sink=True)
def show_picture(ctx: Context) -> None:
    """Shows a picture, black and green."""
    picture = numpy.zeros((600, 800, 3), numpy.uint8)
    picture[:, 400:] = (10, 200, 90)
    with ctx.saving("picture", ".png", "images") as path:
        write(path, "image2", "png", [picture], 1)
`

describe.skipIf(lacking !== '')('media', () => {
  const here = stage({ pack: { 'showing.py': SHOWING } })

  async function tone(desk: Desk): Promise<void> {
    await desk.fresh()
    await desk.add({ x: 300, y: 200 }, 'planner', 'LLM Planner')
    await desk.set(1, 'text', 'a slow boat')
    await desk.drag(desk.socket(1, 'output', 'recipe'), { x: 640, y: 200 })
    await desk.choose('music gen', 'Music Gen Chunk')
    await desk.set(2, 'seconds', '15')
    await desk.drag(desk.socket(2, 'output', 'audio'), { x: 980, y: 200 })
    await desk.choose('preview audio', 'Preview Audio')
    await desk.page.keyboard.press('Control+Enter')
    await desk.become({ 3: 'done' })
  }

  test('a sound plays, is scrubbed by mouse and keys, loops, and is seen as a spectrogram', async () => {
    const desk = await here.open()
    await tone(desk)
    const sound = desk.node(3).getByRole('group', { name: /^Sound: / })
    const position = sound.getByRole('slider', { name: 'Position' })
    const at = async () => Number(await position.getAttribute('aria-valuenow'))
    const length = Number(await position.getAttribute('aria-valuemax'))
    expect(length).toBeGreaterThan(8)
    await sound.getByRole('button', { name: 'Play' }).click()
    await heardPlaying(desk)
    await expect.poll(at).toBeGreaterThan(0.2)
    const box = await position.boundingBox()
    await desk.page.mouse.click((box?.x ?? 0) + (box?.width ?? 0) * 0.75, (box?.y ?? 0) + 20)
    await expect.poll(at).toBeGreaterThan(length * 0.7)
    await sound.getByRole('button', { name: 'Pause' }).click()
    await position.focus()
    await desk.page.keyboard.press('Home')
    expect(await at()).toBe(0)
    await desk.page.keyboard.press('ArrowRight')
    expect(await at()).toBeGreaterThan(0)
    await sound.getByRole('button', { name: 'Loop' }).click()
    await sound.getByRole('slider', { name: 'Beginning of the loop' }).waitFor()
    await sound.getByRole('button', { name: 'Spectrogram' }).click()
    await sound.getByRole('img', { name: /^Spectrogram: time from start to end/ }).waitFor()
    await expect.poll(() => colours(desk, '.svelte-flow__node canvas')).toBeGreaterThan(8)
  })

  test('a film is opened, played, stepped by frames and scrubbed', async () => {
    const desk = await here.open()
    await desk.fresh()
    await desk.add({ x: 600, y: 250 }, 'show film', 'Show Film')
    await desk.page.keyboard.press('Control+Enter')
    await desk.become({ 1: 'done' })
    const film = desk.node(1).getByRole('group', { name: /^Film: film_/ })
    const position = film.getByRole('slider', { name: 'Position' })
    const video = film.locator('video')
    const at = () => video.evaluate((element: HTMLVideoElement) => element.currentTime)
    await film.getByRole('button', { name: 'Play' }).click()
    await expect.poll(async () => Number(await position.getAttribute('max'))).toBeCloseTo(4, 1)
    await expect.poll(at).toBeGreaterThan(0.3)
    await film.getByRole('button', { name: 'Pause' }).click()
    const before = await at()
    await film.getByRole('button', { name: 'Next frame' }).click()
    await expect.poll(at).toBeGreaterThan(before + 0.02)
    expect(await at()).toBeLessThan(before + 0.09)
    const box = await position.boundingBox()
    await desk.page.mouse.click((box?.x ?? 0) + (box?.width ?? 0) / 2, (box?.y ?? 0) + (box?.height ?? 0) / 2)
    await expect.poll(at).toBeGreaterThan(1.7)
    expect(await at()).toBeLessThan(2.3)
    // The red bar is where it is after half of the film, and not where it began.
    await expect.poll(() => redAt(desk)).toBeGreaterThan(0.4)
    expect(await redAt(desk)).toBeLessThan(0.62)
  })

  test('a picture is opened large, zoomed to its pixels and named by their colour', async () => {
    const desk = await here.open()
    await desk.fresh()
    await desk.add({ x: 600, y: 250 }, 'show picture', 'Show Picture')
    await desk.page.keyboard.press('Control+Enter')
    await desk.become({ 1: 'done' })
    const picture = desk.node(1).getByRole('group', { name: '1 picture' })
    await picture.waitFor()
    await expect
      .poll(() =>
        picture
          .locator('img')
          .first()
          .evaluate((image: HTMLImageElement) => image.complete && image.naturalWidth > 0),
      )
      .toBe(true)
    await picture.getByRole('button').first().click()
    const large = desk.page.getByRole('dialog')
    await large.getByRole('button', { name: '100 %' }).click()
    await desk.page.keyboard.press('Escape')
    await large.waitFor({ state: 'hidden' })
  })
})

/** How many colours the canvas that fits has. */
async function colours(desk: Desk, selector: string): Promise<number> {
  return desk.page.locator(selector).evaluateAll((canvases) =>
    Math.max(
      0,
      ...canvases.map((canvas) => {
        const drawn = canvas as HTMLCanvasElement
        const context = drawn.getContext('2d')
        if (context === null || drawn.width === 0 || drawn.height === 0) return 0
        return new Set(new Uint32Array(context.getImageData(0, 0, drawn.width, drawn.height).data.buffer))
          .size
      }),
    ),
  )
}

/** Where the red bar of the film is, from 0 at the left to 1 at the right. */
async function redAt(desk: Desk): Promise<number> {
  return desk.page.locator('.svelte-flow__node video').evaluate((video: HTMLVideoElement) => {
    const canvas = new OffscreenCanvas(320, 180)
    const context = canvas.getContext('2d')
    context?.drawImage(video, 0, 0, 320, 180)
    const row = context?.getImageData(0, 90, 320, 1).data ?? new Uint8ClampedArray()
    let sum = 0
    let count = 0
    for (let x = 0; x < 320; x += 1) {
      if ((row[4 * x] ?? 0) - (row[4 * x + 1] ?? 0) < 60) continue
      sum += x
      count += 1
    }
    return count === 0 ? -1 : sum / count / 320
  })
}
