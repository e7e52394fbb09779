import { describe, expect, it } from 'vitest'
import { fileAt, fileIn, fileOf, itemOf, kindOf, mediaOf, previewItem } from '../../../src/run/media'

const entry = (filename: string, subfolder = '', type = 'output') => ({ filename, subfolder, type })
const kinds = (output: Parameters<typeof mediaOf>[0]) => mediaOf(output).map((item) => item.kind)

describe('what a node showed', () => {
  it('is nothing where it showed nothing', () => {
    expect(mediaOf(null)).toEqual([])
    expect(mediaOf({})).toEqual([])
  })

  it('gives each sound the facts that were measured of it', () => {
    const output = {
      audio: [entry('a.flac'), entry('b.flac')],
      facts: [
        { loudness_lufs: -14, true_peak_dbtp: -1, seconds: 3, rate_hz: 48000, channels: 2 },
        { loudness_lufs: null, true_peak_dbtp: null, seconds: 4, rate_hz: 44100, channels: 1 },
      ],
    }
    const [first, second, ...rest] = mediaOf(output)
    expect(first).toMatchObject({ kind: 'sound', file: { name: 'a.flac' }, facts: { loudnessLufs: -14 } })
    expect(second).toMatchObject({ kind: 'sound', facts: { loudnessLufs: null, seconds: 4 } })
    expect(rest).toEqual([])
  })

  it('shows facts by themselves where no sound is', () => {
    expect(kinds({ facts: [{ seconds: 3 }] })).toEqual(['facts'])
  })

  it('goes by the name of a file, not by the word it was shown under', () => {
    expect(kinds({ images: [entry('film.mp4')], animated: [true] })).toEqual(['video'])
    expect(kinds({ gifs: [entry('loop.webm')] })).toEqual(['video'])
    expect(kinds({ result: [entry('shape.glb')] })).toEqual(['file'])
  })

  it('puts pictures of one kind together', () => {
    const [item] = mediaOf({ images: [entry('a.png'), entry('b.png', 'takes')] })
    expect(item).toMatchObject({ kind: 'pictures', files: [{ name: 'a.png' }, { name: 'takes/b.png' }] })
  })

  it('puts two pictures of a compare node over each other', () => {
    expect(kinds({ a_images: [entry('a.png')], b_images: [entry('b.png')] })).toEqual(['compare'])
    expect(kinds({ a_images: [entry('a.png')] })).toEqual(['pictures'])
  })

  it('has what is seen and heard before words, and notes last', () => {
    const output = { notes: ['resampled'], text: ['a page'], images: [entry('a.png')] }
    expect(kinds(output)).toEqual(['pictures', 'text', 'notes'])
  })

  it('folds the words that say what a card shows', () => {
    const recipe = { title: 'Snow', bpm: 72, sections: [{ name: 'verse', bars: 8, energy: 0.5 }] }
    expect(mediaOf({ text: ['Snow, 72 bpm'], recipe: [recipe] })).toMatchObject([
      { kind: 'recipe', recipe: { title: 'Snow' } },
      { kind: 'text', text: 'Snow, 72 bpm', folded: true },
    ])
    expect(mediaOf({ text: ['a page'] })).toEqual([
      { kind: 'text', text: 'a page', markdown: false, growing: false },
    ])
  })

  it('keeps what it cannot read as it is', () => {
    expect(mediaOf({ transcript: [7], latents: [{ size: 3 }] })).toEqual([
      { kind: 'json', title: 'transcript', value: 7 },
      { kind: 'json', title: 'latents', value: { size: 3 } },
    ])
  })

  it('reads a transcript with its sound', () => {
    const value = { words: [{ text: 'snow', start: 1, end: 1.4 }], audio: entry('said.flac') }
    expect(mediaOf({ transcript: [value] })).toMatchObject([
      { kind: 'transcript', words: [{ text: 'snow', start: 1, end: 1.4 }], sound: { name: 'said.flac' } },
    ])
  })

  it('reads depth with and without a picture', () => {
    const [bare, dressed] = mediaOf({
      depth: [entry('d.png'), { depth: entry('d.png'), image: entry('c.png') }],
    })
    expect(bare).toMatchObject({ kind: 'relief', depth: { name: 'd.png' }, colour: null })
    expect(dressed).toMatchObject({ kind: 'relief', colour: { name: 'c.png' } })
  })
})

describe('a file', () => {
  it('is found where the server has it, whatever its name holds', () => {
    const file = fileAt('output', 'winter & snow/take #1.flac')
    expect(file.url).toBe('/view?filename=take+%231.flac&subfolder=winter+%26+snow&type=output')
    expect(file.peaksUrl).toBe('/api/v1/peaks/output/winter%20%26%20snow/take%20%231.flac')
  })

  it('has a waveform only if it is a sound, and a thumbnail only if it can be seen', () => {
    expect(fileAt('temp', 'a.png')).toMatchObject({
      peaksUrl: null,
      thumbnailUrl: '/api/v1/thumbnails/temp/a.png',
    })
    expect(fileAt('temp', 'a.zip')).toMatchObject({ peaksUrl: null, thumbnailUrl: null })
  })

  it('is read from what nodes write, and nothing else is taken for one', () => {
    expect(fileIn({ filename: 'a.wav' })?.folder).toBe('output')
    expect(fileIn(entry('a.wav', 'x/', 'temp'))).toMatchObject({ folder: 'temp', name: 'x/a.wav' })
    for (const none of [null, 'a.wav', {}, { filename: '' }, entry('a.wav', '', 'secret')])
      expect(fileIn(none)).toBeNull()
  })

  it('is known to be gone if the server says so', () => {
    const listed = { folder: 'output' as const, name: 'a.wav', size_bytes: null, exists: false }
    expect(fileOf(listed)).toMatchObject({ gone: true, sizeBytes: null })
    expect(fileOf({ ...listed, size_bytes: 9, exists: true })).toMatchObject({ gone: false, sizeBytes: 9 })
  })

  it('is sorted by the end of its name', () => {
    expect(['a.FLAC', 'b.webp', 'c.mov', 'd.mid', 'e'].map(kindOf)).toEqual([
      'sound',
      'picture',
      'video',
      'other',
      'other',
    ])
    expect(itemOf(fileAt('input', 'a.webp'))).toMatchObject({ kind: 'pictures' })
  })
})

it('previews are shown as they come', () => {
  expect(previewItem({ kind: 'text', text: 'so far' })).toMatchObject({ kind: 'text', growing: true })
  expect(previewItem({ kind: 'image', url: 'blob:x' })).toEqual({ kind: 'frame', url: 'blob:x' })
  expect(previewItem({ kind: 'sound', seconds: 2, peaks: [], url: '/a' })).toMatchObject({ kind: 'growing' })
})
