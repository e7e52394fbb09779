import { describe, expect, test } from 'vitest'
import { setMode } from '../../../src/core/commands/nodes'
import {
  describeGraph,
  describeInput,
  describeLink,
  describeNode,
  describeOutput,
} from '../../../src/core/describe'
import { NodeSearch } from '../../../src/core/search'
import { Bench } from './build'
import { ALL, GAIN, SAVE, SAY, TONE } from './specs'

const documented = ALL.map((spec) =>
  spec.name === 'Mix' ? { ...spec, doc: 'Lays several sounds over each other.', aliases: ['Blend'] } : spec,
)
const search = new NodeSearch([
  ...documented,
  { ...TONE, name: 'Sine', title: 'Sinus Tön', category: 'audio/make', deprecated: 'use Tone' },
])
const names = (...parts: Parameters<NodeSearch['find']>) =>
  search.find(...parts).map((match) => match.spec.name)

describe('searching for a node', () => {
  test('titles count more than names, names more than help', () => {
    expect(names('say')[0]).toBe('Say')
    expect(names('blend')).toEqual(['Mix'])
    expect(names('over each other')).toEqual(['Mix'])
    expect(names('sound')[0]).toBe('Save')
  })

  test('a slip of the finger and accents are forgiven', () => {
    expect(names('tnoe')).toContain('Tone')
    expect(names('sinus ton')).toEqual(['Sine'])
    expect(names('qqqq')).toEqual([])
  })

  test('only what takes or gives a type, with the socket that does', () => {
    expect(search.find('', { takes: 'AUDIO' }).map((match) => [match.spec.name, match.input])).toEqual([
      ['Gain', 'audio'],
      ['Louder', 'sound'],
      ['Mix', 'tracks'],
      ['Save', 'audio'],
    ])
    expect(search.find('', { gives: 'STRING' }).map((match) => [match.spec.name, match.output])).toEqual([
      ['Say', 1],
    ])
    expect(names('takes:audio louder')).toEqual(['Louder'])
  })

  test('what was used last comes first, what is out of use only when it is named', () => {
    expect(names('', {}, ['Save', 'Mix']).slice(0, 2)).toEqual(['Save', 'Mix'])
    expect(names('')).not.toContain('Sine')
    expect(names('', { category: 'audio' })).toEqual([])
  })
})

describe('descriptions', () => {
  const bench = new Bench()
  const [say, gain, save] = bench.add(SAY, GAIN, SAVE) as [string, string, string]
  bench.link(say, gain, 'audio')
  bench.link(say, save, 'name', 1)
  bench.do(setMode(bench.place, [gain], 2))

  test('tell a node with what is linked and how it stands', () => {
    expect(describeNode(bench.place, gain)).toEqual([
      { key: 'describe.node', params: { title: 'Gain', kind: 'Gain' } },
      { key: 'describe.inputs', params: { linked: 1, count: 1 } },
      { key: 'describe.outputs', params: { linked: 0, count: 1 } },
      { key: 'describe.muted', params: {} },
    ])
  })

  test('tell sockets with their other ends or their values', () => {
    expect(describeInput(bench.place, save, 'name')).toEqual([
      { key: 'describe.input', params: { name: 'name', type: 'STRING' } },
      { key: 'describe.from', params: { title: 'Say it', name: 'words' } },
    ])
    expect(describeInput(bench.place, gain, 'db')[1]).toEqual({
      key: 'describe.value',
      params: { value: '0' },
    })
    expect(describeInput(bench.place, save, 'audio')[1]?.key).toBe('describe.needed')
    expect(describeOutput(bench.place, say, 0)[1]).toEqual({
      key: 'describe.to',
      params: { title: 'Gain', name: 'audio' },
    })
  })

  test('tell links and the whole', () => {
    const link = bench.graph.links.get(2)
    expect(link && describeLink(bench.place, link).params).toEqual({
      from: 'Say it',
      output: 'words',
      to: 'Save sound',
      input: 'name',
      type: 'STRING',
    })
    expect(describeGraph(bench.place)).toEqual({
      key: 'describe.workflow',
      params: { nodes: 3, links: 2, groups: 0 },
    })
  })
})
