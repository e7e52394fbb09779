import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { apply } from '../../../src/core/changes'
import { setControl, setValue, toggleCollapsed } from '../../../src/core/commands/nodes'
import { move } from '../../../src/core/commands/arrange'
import {
  emptyDocument,
  graphOf,
  ROOT,
  SUBGRAPH_INPUT,
  SUBGRAPH_OUTPUT,
  type Document,
} from '../../../src/core/document'
import { FormatError } from '../../../src/core/format/errors'
import { read, readText } from '../../../src/core/format/read'
import { dumps, parse } from '../../../src/core/format/text'
import { write, writeText } from '../../../src/core/format/write'
import { Digits, type Json, type JsonObject } from '../../../src/core/json'
import { NOTHING } from '../../../src/core/selection'
import { chance, flaws, Person } from './random'
import { NONE, SPECS } from './specs'

const OURS = '../workflows'
const FILES = '../tests/workflows'
const text = (name: string) => readFileSync(`${FILES}/${name}.json`, 'utf8')
const root = (document: Document) => graphOf(document, ROOT)

function tone(id: Json, more: JsonObject = {}): JsonObject {
  return {
    id,
    type: 'Tone',
    pos: [0, 0],
    size: [240, 80],
    mode: 0,
    inputs: [],
    outputs: [{ name: 'audio', type: 'AUDIO', links: [] }],
    ...more,
  }
}

function gain(id: Json, link: Json, more: JsonObject = {}): JsonObject {
  return {
    id,
    type: 'Gain',
    pos: [300, 0],
    size: [240, 80],
    mode: 0,
    inputs: [{ name: 'audio', type: 'AUDIO', link }],
    outputs: [],
    ...more,
  }
}

function workflow(nodes: JsonObject[], links: Json[] = [], more: JsonObject = {}): JsonObject {
  return {
    nodes,
    links,
    groups: [],
    config: {},
    extra: {},
    last_node_id: 9,
    last_link_id: 9,
    version: 0.4,
    ...more,
  }
}

function refused(data: string): FormatError {
  try {
    readText(data, NONE)
  } catch (error) {
    if (error instanceof FormatError) return error
    throw error
  }
  throw new Error('it was opened')
}

describe('the same bytes', () => {
  test.each(readdirSync(OURS).filter((name) => name.endsWith('.json')))(
    'opening and saving %s changes nothing',
    (name) => {
      const before = readFileSync(`${OURS}/${name}`, 'utf8')
      for (const specs of [NONE, SPECS]) {
        const { document, notes } = readText(before, specs)
        expect(notes).toEqual([])
        expect(writeText(document, specs)).toBe(before)
      }
    },
  )

  test.each(['nested', 'group'])('subgraphs and legacy groups stay as they are: %s', (name) => {
    for (const specs of [NONE, SPECS])
      expect(writeText(readText(text(name), specs).document, specs)).toBe(text(name))
  })

  test('moving one node changes one line', () => {
    const { document } = readText(text('nested'), SPECS)
    const changes = move(
      { document, graph: ROOT, specs: SPECS },
      { ...NOTHING, nodes: new Set(['5']) },
      { x: 7, y: 8 },
    )
    const before = text('nested').split('\n')
    const after = writeText(apply(document, changes), SPECS).split('\n')
    expect(after.filter((line, index) => line !== before[index])).toEqual(['   "pos": [7, 8],'])
  })

  test('undoing a removal leaves the order of the file', () => {
    const { document } = readText(text('nested'), SPECS)
    const graph = root(document)
    const first = graph.nodes.get('1')
    const gone = apply(document, [{ kind: 'node', graph: ROOT, before: first, after: undefined }])
    const back = apply(gone, [{ kind: 'node', graph: ROOT, before: undefined, after: first }])
    expect(writeText(back, SPECS)).toBe(text('nested'))
  })
})

describe('text', () => {
  test('numbers are written as Python writes them', () => {
    const numbers = [30, -0, 0.5, 1e-5, 1.5e-7, 0.0001, 1e16, 2 ** 53, 123456789012345.5, 1e21, 1e-300]
    const lines = dumps({ x: numbers }).split('\n').slice(2, -3)
    expect(lines.map((line) => line.replace(/[ ,]/g, ''))).toEqual([
      '30',
      '0',
      '0.5',
      '1e-05',
      '1.5e-07',
      '0.0001',
      '1e+16',
      '9007199254740992.0',
      '123456789012345.5',
      '1e+21',
      '1e-300',
    ])
  })

  test('keys are in the order of their characters, not of their UTF-16 halves', () => {
    expect(dumps({ '\uffee': 1, '😀': 2, a: 3 })).toBe('{\n "a": 3,\n "\uffee": 1,\n "😀": 2\n}\n')
  })

  test('half a surrogate pair is escaped', () => {
    expect(dumps({ x: '\ud800' })).toContain('"\\ud800"')
  })

  test('whole numbers beyond 2^53 stay what they are, also inside texts', () => {
    const seed = '18446744073709551615'
    const { value } = parse(
      `{"a": ${seed}, "b": "${seed}", "c": [-${seed}, 1e400, 9007199254740991], "d\\"1": 12345678901234567890}`,
    )
    expect(value).toEqual({
      a: new Digits(seed),
      b: seed,
      c: [new Digits(`-${seed}`), new Digits('1e400'), 9007199254740991],
      'd"1': new Digits('12345678901234567890'),
    })
    expect(dumps(value as JsonObject)).toContain(`"a": ${seed},\n "b": "${seed}"`)
  })

  test('a large seed survives reading, a change of another widget, and writing', () => {
    const seed = '18446744073709551615'
    const file = dumps(workflow([tone(1, { widgets_values: [440, new Digits(seed), 'fixed'] })]))
    const { document } = readText(file, SPECS)
    expect(root(document).nodes.get('1')?.values.seed).toEqual(new Digits(seed))
    const place = { document, graph: ROOT, specs: SPECS }
    const after = writeText(apply(document, setValue(place, '1', 'frequency', 50)), SPECS)
    expect(after).toContain(`"widgets_values": [50, ${seed}, "fixed"]`)
    expect(after).toContain(`{"frequency": 50, "seed": ${seed}}`)
  })

  test('NaN, which Python writes, is read as nothing and told', () => {
    const { notes, document } = readText(
      '{"nodes": [{"id": 1, "type": "NaN", "pos": [NaN, -Infinity]}], "links": []}',
      NONE,
    )
    expect(notes.map((note) => note.code)).toEqual(['not_a_number'])
    expect(root(document).nodes.get('1')).toMatchObject({ type: 'NaN', pos: { x: 0, y: 0 } })
  })
})

describe('what cannot be opened says why in one sentence', () => {
  test('a file that was cut off, wherever', () => {
    const whole = text('nested')
    for (let end = 1; end < whole.length - 2; end += 97)
      expect(refused(whole.slice(0, end)).code).toBe('cut_off')
  })

  test('a prompt, another tool, no JSON, nothing', () => {
    expect(refused('{"1": {"class_type": "Tone", "inputs": {}}}').code).toBe('prompt')
    expect(refused('{"cells": [], "metadata": {}}').code).toBe('not_a_workflow')
    expect(refused('[1, 2]').code).toBe('not_a_workflow')
    expect(refused('{"nodes": {"1": 2}}').code).toBe('not_a_workflow')
    expect(refused('hello').code).toBe('not_json')
    expect(refused('{"a": 1]}').code).toBe('not_json')
    expect(refused('').message).toBe('The file is empty: choose another one.')
  })
})

describe('what is mended is told', () => {
  function opened(data: JsonObject) {
    const { document, notes } = read(data, SPECS)
    expect(flaws({ document, graph: ROOT, specs: SPECS })).toEqual([])
    return { graph: root(document), codes: notes.map((note) => note.code), notes }
  }

  test('two nodes of one id: the later gets a fresh one', () => {
    const { graph, codes } = opened(workflow([tone(3, { title: 'first' }), tone('3', { title: 'second' })]))
    expect([...graph.nodes.values()].map((node) => [node.id, node.title])).toEqual([
      ['3', 'first'],
      ['4', 'second'],
    ])
    expect(codes).toEqual(['duplicate_id'])
  })

  test('an unknown mode counts as always', () => {
    const { graph, codes } = opened(
      workflow([tone(1, { mode: 9 }), tone(2, { mode: '4' }), tone(3, { mode: 'off' })]),
    )
    expect([...graph.nodes.values()].map((node) => node.mode)).toEqual([0, 4, 0])
    expect(codes).toEqual(['unknown_mode', 'unknown_mode'])
  })

  test('links from nowhere, to nowhere and of no shape are removed', () => {
    const links = [
      [1, 99, 0, 2, 0, 'AUDIO'],
      [2, 1, 0, 98, 0, 'AUDIO'],
      'link',
      null,
      [3, 1, -4, 2, 0, 'AUDIO'],
    ]
    const { graph, codes } = opened(workflow([tone(1), gain(2, 1)], links))
    expect(graph.links.size).toBe(0)
    expect(codes.sort()).toEqual([...Array<string>(4).fill('link_to_nowhere'), 'unreadable'])
  })

  test('the input that names a link is believed, not the place in the link', () => {
    const node = gain(2, 5)
    const { graph } = opened(workflow([tone('1'), node], [['5', '1', '0', 7, 3, 0]]))
    expect([...graph.links.values()]).toEqual([
      { id: 5, from: '1', output: 0, to: '2', input: 'audio', type: '*', raw: { type: 0 } },
    ])
  })

  test('an output that only a link names is there', () => {
    const { graph } = opened(workflow([tone(1, { outputs: null }), gain(2, 1)], [[1, 1, 2, 2, 0, 'AUDIO']]))
    expect(graph.nodes.get('1')?.outputs.map((socket) => socket.name)).toEqual([
      'output 0',
      'output 1',
      'output 2',
    ])
  })

  test('positions in any form, and missing fields', () => {
    const bare = { id: 4, type: 'Tone' }
    const { graph } = opened(
      workflow([tone(1, { pos: { 0: 5, 1: 6 }, size: { 0: 50, 1: 60 } }), tone(2, { pos: ['7', 8] }), bare]),
    )
    expect([...graph.nodes.values()].map((node) => node.pos)).toEqual([
      { x: 5, y: 6 },
      { x: 7, y: 8 },
      { x: 0, y: 0 },
    ])
    const written = write(read(workflow([tone(1, { pos: { 0: 5, 1: 6 } })]), SPECS).document, SPECS)
    expect((written.nodes as JsonObject[])[0]?.pos).toEqual({ 0: 5, 1: 6 })
  })

  test('a node with the same input twice keeps both', () => {
    const inputs = [
      { name: 'a', type: 'AUDIO', link: 1 },
      { name: 'a', type: 'AUDIO', link: 2 },
    ]
    const node = { id: 2, type: 'Far', inputs, outputs: [] }
    const data = workflow(
      [tone(1), node],
      [
        [1, 1, 0, 2, 0, 'AUDIO'],
        [2, 1, 0, 2, 1, 'AUDIO'],
      ],
    )
    const { document } = read(data, SPECS)
    expect(new Set([...root(document).links.values()].map((link) => link.input)).size).toBe(2)
    const written = write(document, SPECS)
    expect((written.nodes as JsonObject[])[1]?.inputs).toEqual(inputs)
    expect(written.links).toEqual(data.links)
  })

  test('whatever is changed in a file at random, it is opened or refused, and saved the same twice', () => {
    const whole = ['nested', 'schema1', 'flat', 'group'].map((name) => parse(text(name)).value)
    let opened = 0
    for (let seed = 0; seed < 400; seed += 1) {
      const person = new Person(chance(seed))
      const data = spoilt(whole[seed % whole.length] as Json, person)
      try {
        const { document } = read(data, SPECS)
        const known = flaws({ document, graph: ROOT, specs: SPECS }).filter(
          (flaw) => !flaw.includes('of no known type'),
        )
        expect(known, `seed ${seed}`).toEqual([])
        const once = writeText(document, SPECS)
        expect(writeText(readText(once, SPECS).document, SPECS), `seed ${seed}`).toBe(once)
        opened += 1
      } catch (error) {
        if (!(error instanceof FormatError)) throw error
      }
    }
    expect(opened).toBeGreaterThan(200)
  })
})

const WRONG: readonly Json[] = [
  null,
  -1,
  0,
  2,
  'x',
  '3',
  '',
  [],
  {},
  [1, 2],
  true,
  1e9,
  0.5,
  [[1]],
  { name: 'x' },
]

/** The value with some of its parts replaced, removed or repeated. */
function spoilt(value: Json, person: Person, depth = 0): Json {
  const share = depth === 0 ? 0 : 0.012
  if (person.random() < share) return person.one(WRONG) ?? null
  if (Array.isArray(value)) {
    const parts = value.flatMap((part: Json) =>
      person.random() < share ? [part, part] : person.random() < share ? [] : [part],
    )
    return parts.map((part: Json) => spoilt(part, person, depth + 1))
  }
  if (typeof value !== 'object' || value === null) return value
  const pairs = Object.entries(value as JsonObject).filter(() => person.random() >= share || depth === 0)
  return Object.fromEntries(pairs.map(([key, part]) => [key, spoilt(part, person, depth + 1)]))
}

describe('values', () => {
  const values = (data: JsonObject, specs = SPECS) => root(read(data, specs).document).nodes.get('1')

  test('named ones come before those by place', () => {
    const properties = { patchbay: { widgets: { frequency: 50 } } }
    const node = values(workflow([tone(1, { properties, widgets_values: [440, 7, 'increment'] })]))
    expect(node?.values).toEqual({ frequency: 50 })
    expect(node?.controls).toEqual({ seed: 'increment' })
  })

  test('without names they are read by place, a control after a seed', () => {
    expect(values(workflow([tone(1, { widgets_values: [440, 7, 'randomize'] })]))).toMatchObject({
      values: { frequency: 440, seed: 7 },
      controls: { seed: 'randomize' },
    })
    expect(values(workflow([tone(1, { widgets_values: [440, 7] })]))?.controls).toEqual({})
    expect(values(workflow([tone(1, { widgets_values: { frequency: 3 } })]))?.values).toEqual({
      frequency: 3,
    })
  })

  test('an unknown node keeps its values unharmed', () => {
    const node = { ...tone(1, { type: 'Far', widgets_values: [1, { deep: [2] }, 'x'] }), odd: { a: 1 } }
    const { document } = read(workflow([node]), SPECS)
    const place = { document, graph: ROOT, specs: SPECS }
    const after = write(apply(document, toggleCollapsed(place, ['1'])), SPECS)
    expect((after.nodes as JsonObject[])[0]).toMatchObject({ ...node, flags: { collapsed: true } })
  })

  test('a changed value is written by name and by place', () => {
    const { document } = read(
      workflow([tone(1, { widgets_values: [440, 7, 'randomize'], properties: { ver: '1' } })]),
      SPECS,
    )
    const place = { document, graph: ROOT, specs: SPECS }
    const changes = [...setControl(place, '1', 'seed', 'fixed')]
    const node = (write(apply(document, changes), SPECS).nodes as JsonObject[])[0]
    expect(node?.widgets_values).toEqual([440, 7, 'fixed'])
    expect(node?.properties).toEqual({ ver: '1', patchbay: { widgets: { frequency: 440, seed: 7 } } })
  })

  test('values by names that the class has given up are read by those of today', () => {
    const specs = new (SPECS.constructor as typeof import('../../../src/core/specs').Specs)(
      SPECS.all.map((spec) =>
        spec.name === 'Gain' ? { ...spec, renamed: { sound: 'audio', volume: 'db' } } : spec,
      ),
    )
    const old = {
      ...gain(2, null),
      inputs: [{ name: 'sound', type: 'AUDIO', link: 1 }],
      properties: { patchbay: { widgets: { volume: 3 } } },
    }
    const { document } = read(workflow([tone(1), old], [[1, 1, 0, 2, 0, 'AUDIO']]), specs)
    expect(root(document).nodes.get('2')).toMatchObject({ values: { db: 3 } })
    expect(root(document).links.get(1)?.input).toBe('audio')
  })
})

describe('both schemas', () => {
  test('the newer is read and written as the older, bends and all', () => {
    const { document, notes } = readText(text('schema1'), SPECS)
    expect(notes).toEqual([])
    const graph = root(document)
    expect(graph.links.get(2)).toMatchObject({ from: '5', to: '4', input: 'audio', reroute: 1 })
    expect(graph.reroutes.get(1)?.pos).toEqual({ x: 3, y: 4 })
    expect(graph.nodes.get('1')?.values).toEqual({ frequency: 220, seed: 5 })
    expect(graph.nodes.get('5')?.values).toEqual({ db: 4 })
    const written = write(document, SPECS)
    expect(written).toMatchObject({
      version: 0.4,
      last_node_id: 5,
      links: [
        [1, 1, 0, 5, 0, 'AUDIO'],
        [2, 5, 0, 4, 0, 'AUDIO'],
      ],
      floatingLinks: [],
      extra: { reroutes: [{ id: 1, linkIds: [2], pos: [3, 4] }], linkExtensions: [{ id: 2, parentId: 1 }] },
    })
    expect(written).not.toHaveProperty('state')
    const again = read(written, SPECS).document
    expect(root(again).links.get(2)?.reroute).toBe(1)
    expect(writeText(again, SPECS)).toBe(dumps(written))
  })

  test('subgraphs: links from the gates and to them, nested definitions, promoted widgets', () => {
    const { document } = readText(text('nested'), SPECS)
    const voice = graphOf(document, '11111111-1111-4111-8111-111111111111')
    expect(voice.links.get(2)).toMatchObject({ from: SUBGRAPH_INPUT, output: 1, to: '1', input: 'db' })
    expect(voice.links.get(4)).toMatchObject({ from: '2', to: SUBGRAPH_OUTPUT, input: 'a3' })
    expect(root(document).nodes.get('5')?.values).toEqual({ db: -12 })
    expect(document.graphs.size).toBe(3)
  })

  test('widgets inside that an instance lists are read by place and written so', () => {
    const data = parse(text('nested')).value as JsonObject
    const nodes = (data.nodes as JsonObject[]).map((node) =>
      node.id === 5
        ? {
            ...node,
            properties: {
              proxyWidgets: [
                ['-1', 'db'],
                ['2', 'db'],
              ],
            },
            widgets_values: [-12, 3],
          }
        : node,
    )
    const voice = '11111111-1111-4111-8111-111111111111'
    const retyped: JsonObject[] = nodes.map((node: JsonObject) =>
      node.id === 5 ? { ...node, type: voice } : node,
    )
    const { document } = read({ ...data, nodes: retyped }, SPECS)
    expect(root(document).nodes.get('5')?.values).toEqual({ db: -12, '2:db': 3 })
    const after = apply(document, setValue({ document, graph: ROOT, specs: SPECS }, '5', '2:db', 8))
    const node = (write(after, SPECS).nodes as JsonObject[]).find((one) => one.id === 5)
    expect(node?.widgets_values).toEqual([-12, 8])
    expect(node?.properties).toMatchObject({ patchbay: { widgets: { db: -12 } } })
    expect(root(readText(writeText(after, SPECS), SPECS).document).nodes.get('5')?.values).toEqual({
      db: -12,
      '2:db': 8,
    })
  })

  test('the camera is read, and written only when it is given', () => {
    const data = workflow([tone(1)], [], { extra: { ds: { scale: 0.5, offset: [10, -20] }, odd: 1 } })
    const { document, camera } = read(data, SPECS)
    expect(camera).toEqual({ x: -10, y: 20, zoom: 0.5 })
    expect(write(document, SPECS).extra).toEqual(data.extra)
    expect(write(document, SPECS, { x: 1, y: 2, zoom: 3 }).extra).toEqual({
      ds: { scale: 3, offset: [-1, -2] },
      odd: 1,
    })
  })

  test('an empty document is a whole file', () => {
    expect(write(emptyDocument(), SPECS)).toEqual({
      config: {},
      extra: {},
      groups: [],
      links: [],
      nodes: [],
      last_link_id: 0,
      last_node_id: 0,
      version: 0.4,
    })
  })
})
