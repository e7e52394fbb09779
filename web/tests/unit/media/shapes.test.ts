import { describe, expect, it } from 'vitest'
import { plot, recipe, secondsOf, soundFacts, storyboard, words } from '../../../src/run/shapes'

it('words come in the order of time, without those that have none', () => {
  const given = [
    { text: ' b ', start: 2 },
    { word: 'a', start: 1, end: 1.5 },
    { text: 'c' },
    { start: 3 },
    null,
  ]
  expect(words(given)).toEqual([
    { text: 'a', start: 1, end: 1.5 },
    { text: 'b', start: 2, end: 2 },
  ])
  expect(words('nothing')).toEqual([])
})

describe('a recipe', () => {
  const given = {
    title: 'Snow', mood: 'cozy', bpm: 60, tonic: 'Eb', mode: 'major', instruments: ['piano', 3],
    sections: [{ name: 'intro', bars: 4, energy: 2 }, { name: 'verse', bars: 11, energy: 0.5 }], ambience: 'rain', prompt: '',
  } // prettier-ignore

  it('says its key and how long it lasts: bars of four beats', () => {
    const read = recipe(given)
    expect(read).toMatchObject({ key: 'Eb major', instruments: ['piano'], swing: 0 })
    expect(read?.sections[0]?.energy).toBe(1)
    expect(read && secondsOf(read)).toBe(60)
  })

  it('is none without sections or tempo', () => {
    expect(recipe({ ...given, sections: null })).toBeNull()
    expect(recipe({ ...given, bpm: 'fast' })).toBeNull()
  })
})

it('a storyboard keeps what it does not know as details', () => {
  const read = storyboard({
    title: 'Cabin',
    scenes: [{ name: 'Out', description: 'Snow.', duration: 4, camera_move: 'push', shots: [1] }],
  })
  expect(read).toEqual({
    title: 'Cabin',
    scenes: [
      {
        title: 'Out',
        text: 'Snow.',
        seconds: 4,
        details: [{ name: 'camera move', value: 'push' }],
        picture: null,
      },
    ],
  })
  expect(storyboard({ title: 'x' })).toBeNull()
})

describe('a plot', () => {
  it('is made of plain numbers too, with gaps where none is', () => {
    const read = plot([1, null, 3])
    expect(read).toMatchObject({ form: 'line', x: [0, 1, 2] })
    expect(read?.series[0]?.values).toEqual([1, NaN, 3])
  })

  it('takes places only if there is one for each value', () => {
    expect(plot({ x: ['a', 'b'], values: [1, 2], kind: 'bar' })).toMatchObject({ form: 'bar', x: ['a', 'b'] })
    expect(plot({ x: [5], values: [1, 2] })?.x).toEqual([0, 1])
    expect(plot({ series: [] })).toBeNull()
  })
})

it('silence has no loudness, and what says nothing is no facts', () => {
  expect(soundFacts({ loudness_lufs: null, seconds: 1 })).toMatchObject({
    loudnessLufs: null,
    seconds: 1,
    channels: null,
  })
  expect(soundFacts({ rate_hz: 48000 })).toBeNull()
  expect(soundFacts('x')).toBeNull()
})
