import { describe, expect, test } from 'vitest'
import { align, distribute, move, snap } from '../../../src/core/commands/arrange'
import { copy, duplicate, hiddenText, paste } from '../../../src/core/commands/clipboard'
import {
  gateFrom,
  gateTo,
  moveGate,
  promote,
  removeGate,
  renameGate,
  unpromote,
} from '../../../src/core/commands/gates'
import { addGroup, fitGroup, nodesIn } from '../../../src/core/commands/groups'
import { disconnect, inputFor, insertIntoLink, refusal } from '../../../src/core/commands/links'
import {
  addedNodes,
  removeNodes,
  renewAll,
  resize,
  setControl,
  setMode,
  setValue,
  toggleMode,
  togglePinned,
  setTitle,
} from '../../../src/core/commands/nodes'
import { addReroute, removeReroutes } from '../../../src/core/commands/reroutes'
import { makeSubgraph, removeUnused } from '../../../src/core/commands/subgraphs'
import { unpack } from '../../../src/core/commands/unpack'
import { swap, swaps } from '../../../src/core/commands/swap'
import { addPrimitive, nextValue, stepSeeds } from '../../../src/core/commands/widgets'
import { bends } from '../../../src/core/paths'
import { Digits } from '../../../src/core/json'
import { specOf } from '../../../src/core/place'
import { NOTHING } from '../../../src/core/selection'
import { Specs } from '../../../src/core/specs'
import { portOf, widgetOf } from '../../../src/core/virtual'
import { Bench, these } from './build'
import { ALL, GAIN, LOUDER, MIX, SAVE, SAY, SPECS, TONE } from './specs'

describe('links', () => {
  test('a second link to an input takes the place of the first', () => {
    const bench = new Bench()
    const [a, b, gain] = bench.add(TONE, TONE, GAIN) as [string, string, string]
    bench.link(a, gain, 'audio')
    bench.link(b, gain, 'audio')
    expect(bench.links).toEqual([`${b}.0>${gain}.audio`])
  })

  test('an input that takes many grows with each link and closes its gaps', () => {
    const bench = new Bench()
    const [a, b, c, mix] = bench.add(TONE, TONE, TONE, MIX) as [string, string, string, string]
    bench.link(a, mix, 'tracks')
    bench.link(b, mix, 'tracks.2')
    bench.link(c, mix, 'tracks.3')
    expect(bench.node(mix).inputs.map((socket) => socket.name)).toEqual([
      'tracks',
      'tracks.2',
      'tracks.3',
      'tracks.4',
    ])
    const second = [...bench.graph.links.values()].find((link) => link.from === b)
    bench.do(disconnect(bench.place, [second?.id ?? 0]))
    expect(bench.links).toEqual([`${a}.0>${mix}.tracks`, `${c}.0>${mix}.tracks.2`])
    expect(bench.node(mix).inputs.map((socket) => socket.name)).toEqual(['tracks', 'tracks.2', 'tracks.3'])
  })

  test('what does not go together says why', () => {
    const bench = new Bench()
    const [tone, gain, say] = bench.add(TONE, GAIN, SAY) as [string, string, string]
    bench.link(tone, gain, 'audio')
    const why = (from: string, output: number, to: string, input: string) =>
      refusal(bench.place, { node: from, output }, { node: to, input })
    expect(why(say, 1, gain, 'audio')).toEqual({ key: 'type', params: { given: 'STRING', wanted: 'AUDIO' } })
    expect(why(gain, 0, gain, 'audio')?.key).toBe('itself')
    expect(why(gain, 0, tone, 'nowhere')?.key).toBe('missing')
    bench.do(setValue(bench.place, tone, 'frequency', 3))
    expect(why(say, 1, say, 'text')?.key).toBe('itself')
    bench.link(gain, bench.add(MIX)[0] ?? '', 'tracks')
    expect(why('4', 0, gain, 'audio')?.key).toBe('circle')
    expect(why(tone, 0, gain, 'audio')).toBeNull()
  })

  test('a link dropped on a node goes to a free socket before a taken one', () => {
    const bench = new Bench()
    const [tone, mix] = bench.add(TONE, MIX) as [string, string]
    bench.link(tone, mix, 'tracks')
    expect(inputFor(bench.place, mix, { node: tone, output: 0 })).toBe('tracks.2')
  })

  test('a node can be put into a link, and taken out so that it heals', () => {
    const bench = new Bench()
    const [tone, save, gain] = bench.add(TONE, SAVE, GAIN) as [string, string, string]
    bench.link(tone, save, 'audio')
    bench.do(insertIntoLink(bench.place, 1, gain))
    expect(bench.links).toEqual([`${tone}.0>${gain}.audio`, `${gain}.0>${save}.audio`])
    bench.do(removeNodes(bench.place, [gain], true))
    expect(bench.links).toEqual([`${tone}.0>${save}.audio`])
    bench.do(removeNodes(bench.place, [tone]))
    expect(bench.links).toEqual([])
  })

  test('bends lie on a link in their order, and go with the last link', () => {
    const bench = new Bench()
    const [tone, gain, other] = bench.add(TONE, GAIN, GAIN) as [string, string, string]
    bench.link(tone, gain, 'audio')
    bench.do(addReroute(bench.place, 1, { x: 20, y: 0 }))
    bench.do(addReroute(bench.place, 1, { x: 10, y: 0 }, 0))
    bench.do(addReroute(bench.place, 1, { x: 15, y: 0 }, 1))
    const xs = () =>
      [...bench.graph.links.values()].flatMap((link) => bends(bench.graph, link).map((bend) => bend.pos.x))
    expect(xs()).toEqual([10, 15, 20])
    bench.do(removeReroutes(bench.place, [3]))
    expect(xs()).toEqual([10, 20])
    bench.link(other, gain, 'audio')
    expect(bench.graph.reroutes.size).toBe(0)
  })
})

describe('nodes', () => {
  test('setting what is already so is no change', () => {
    const bench = new Bench()
    const [tone] = bench.add(TONE) as [string]
    bench.do(setValue(bench.place, tone, 'frequency', 5))
    expect(setValue(bench.place, tone, 'frequency', 5)).toEqual([])
    expect(setMode(bench.place, [tone], 0)).toEqual([])
  })

  test('muting is taken back only when all are muted', () => {
    const bench = new Bench()
    const ids = bench.add(TONE, GAIN)
    bench.do(setMode(bench.place, ids.slice(0, 1), 2))
    bench.do(toggleMode(bench.place, ids, 2))
    expect(ids.map((id) => bench.node(id).mode)).toEqual([2, 2])
    bench.do(toggleMode(bench.place, ids, 2))
    expect(ids.map((id) => bench.node(id).mode)).toEqual([0, 0])
  })

  test('a class that changed keeps values by name, and old sockets only where they are linked', () => {
    const bench = new Bench()
    const [tone, gain, mix] = bench.add(TONE, GAIN, MIX) as [string, string, string]
    bench.link(tone, gain, 'audio')
    bench.link(gain, mix, 'tracks')
    bench.do(setValue(bench.place, gain, 'db', 3))
    const renewed = {
      ...GAIN,
      inputs: [portOf('sound', 'AUDIO'), ...GAIN.inputs.slice(1), portOf('wet', 'FLOAT')],
      outputs: [],
    }
    bench.place = { ...bench.place, specs: new Specs(ALL.map((spec) => (spec === GAIN ? renewed : spec))) }
    bench.do(renewAll(bench.place))
    expect(bench.node(gain).inputs.map((socket) => socket.name)).toEqual(['sound', 'db', 'wet', 'audio'])
    expect(bench.node(gain).outputs).toHaveLength(1)
    expect(bench.node(gain).values).toEqual({ db: 3 })
    expect(bench.links).toEqual([`${tone}.0>${gain}.audio`, `${gain}.0>${mix}.tracks`])
    bench.do(disconnect(bench.place, [1]))
    expect(bench.node(gain).inputs.map((socket) => socket.name)).toEqual(['sound', 'db', 'wet'])
  })

  test('inputs that were renamed take their links and values along', () => {
    const bench = new Bench()
    const [tone, gain] = bench.add(TONE, GAIN) as [string, string]
    bench.link(tone, gain, 'audio')
    bench.do(setValue(bench.place, gain, 'db', 3))
    const renamed = { audio: 'sound', db: 'level' }
    const inputs = [portOf('sound', 'AUDIO'), portOf('level', 'FLOAT', { widget: widgetOf('number') })]
    bench.place = { ...bench.place, specs: new Specs([TONE, { ...GAIN, inputs, renamed }]) }
    bench.do(renewAll(bench.place))
    expect(bench.links).toEqual([`${tone}.0>${gain}.sound`])
    expect(bench.node(gain)).toMatchObject({
      values: { level: 3 },
      inputs: [{ name: 'sound' }, { name: 'level' }],
    })
  })

  test('another class takes over links and values by name, else by type', () => {
    const bench = new Bench()
    const [tone, gain, save] = bench.add(TONE, GAIN, SAVE) as [string, string, string]
    bench.link(tone, gain, 'audio')
    bench.link(gain, save, 'audio')
    bench.do(setValue(bench.place, gain, 'db', -6))
    expect(swaps(bench.place, gain).map((spec) => spec.name)).toEqual(['Louder', 'Mix'])
    bench.do(swap(bench.place, gain, LOUDER))
    expect(bench.links).toEqual([`${tone}.0>${gain}.sound`, `${gain}.0>${save}.audio`])
    expect(bench.node(gain)).toMatchObject({ type: 'Louder', values: { db: -6 } })
  })

  test('no smaller than it needs', () => {
    const bench = new Bench()
    const [say] = bench.add(SAY) as [string]
    bench.do(resize(bench.place, say, { width: 1, height: 1 }))
    expect(bench.node(say).size.width).toBeGreaterThan(100)
    expect(bench.node(say).size.height).toBeGreaterThan(100)
  })
})

describe('arranging', () => {
  test('aligns by each side and spreads evenly; pinned nodes stay', () => {
    const bench = new Bench()
    const ids = bench.add(TONE, SAY, GAIN)
    bench.do(align(bench.place, ids, 'left'))
    expect(ids.map((id) => bench.node(id).pos.x)).toEqual([300, 300, 300])
    bench.do(align(bench.place, ids, 'right'))
    expect(new Set(ids.map((id) => bench.node(id).pos.x + bench.node(id).size.width)).size).toBe(1)
    bench.do(move(bench.place, these('1'), { x: 0, y: -200 }))
    bench.do(move(bench.place, these('3'), { x: 0, y: 700 }))
    bench.do(distribute(bench.place, ids, 'y'))
    const boxes = ids.map((id) => ({
      top: bench.node(id).pos.y - 30,
      bottom: bench.node(id).pos.y + bench.node(id).size.height,
    }))
    const gaps = [1, 2].map((index) => (boxes[index]?.top ?? 0) - (boxes[index - 1]?.bottom ?? 0))
    expect(Math.abs((gaps[0] ?? 0) - (gaps[1] ?? 9))).toBeLessThanOrEqual(1)
    bench.do(togglePinned(bench.place, ids))
    expect(move(bench.place, these(...ids), { x: 5, y: 5 })).toEqual([])
    expect(snap(bench.place, ids, 7)).toEqual([])
  })

  test('a group moves with what lies in it', () => {
    const bench = new Bench()
    const [a, b] = bench.add(TONE, GAIN) as [string, string]
    bench.do(move(bench.place, these(b), { x: 3000, y: 0 }))
    bench.do(addGroup(bench.place, 'Sound', [a]))
    expect(nodesIn(bench.place, 1)).toEqual([a])
    const before = bench.graph.groups.get(1)?.box
    bench.do(move(bench.place, { ...NOTHING, groups: new Set([1]) }, { x: 10, y: 20 }))
    expect(bench.node(a).pos).toEqual({ x: 310, y: 20 })
    expect(bench.node(b).pos.x).toBe(3600)
    expect(bench.graph.groups.get(1)?.box.x).toBe((before?.x ?? 0) + 10)
    expect(fitGroup(bench.place, 1)).toHaveLength(1)
  })
})

describe('seeds', () => {
  const port = portOf('seed', 'INT', { widget: widgetOf('seed', { min: 0, max: 100 }) })

  test('go on as their control says, within their range', () => {
    expect(nextValue(port, 7, 'increment', () => 0)).toBe(8)
    expect(nextValue(port, 100, 'increment', () => 0)).toBe(100)
    expect(nextValue(port, 0, 'decrement', () => 0)).toBe(0)
    expect(nextValue(port, 5, 'randomize', () => 0.999)).toBe(100)
    const wide = portOf('seed', 'INT', { widget: widgetOf('seed', { min: 0, max: 2 ** 64 }) })
    expect(nextValue(wide, new Digits('18446744073709551000'), 'increment', () => 0)).toEqual(
      new Digits('18446744073709551001'),
    )
  })

  test('only those that are neither fixed nor linked', () => {
    const bench = new Bench()
    const [a, b] = bench.add(TONE, TONE) as [string, string]
    bench.do(setControl(bench.place, a, 'seed', 'increment'))
    bench.do(setControl(bench.place, b, 'seed', 'fixed'))
    bench.do(stepSeeds(bench.place))
    expect([bench.node(a).values, bench.node(b).values]).toEqual([{ seed: 1 }, {}])
    bench.do(addPrimitive(bench.place, a, 'seed'))
    bench.do(setControl(bench.place, '3', 'value', 'increment'))
    bench.do(stepSeeds(bench.place))
    expect([bench.node(a).values, bench.node('3').values]).toEqual([{ seed: 1 }, { value: 2 }])
  })
})

describe('copying', () => {
  test('takes links among the copied along, and those from outside on demand', () => {
    const bench = new Bench()
    const [tone, gain, save] = bench.add(TONE, GAIN, SAVE) as [string, string, string]
    bench.link(tone, gain, 'audio')
    bench.link(gain, save, 'audio')
    const text = copy(bench.place, these(gain, save))
    bench.do(paste(bench.place, text, { at: { x: 0, y: 500 } }) ?? [])
    expect(bench.links.slice(2)).toEqual(['4.0>5.audio'])
    const added = addedNodes(bench.do(paste(bench.place, text, { outside: true }) ?? []))
    expect(added).toEqual(['6', '7'])
    expect(bench.links).toContain('1.0>6.audio')
    expect(Math.min(bench.node('4').pos.y, bench.node('5').pos.y)).toBe(530)
    expect(duplicate(bench.place, these(gain), true).filter((change) => change.kind === 'link')).toHaveLength(
      1,
    )
  })

  test('brings subgraphs into another workflow', () => {
    const bench = new Bench()
    const [tone, gain] = bench.add(TONE, GAIN) as [string, string]
    bench.link(tone, gain, 'audio')
    bench.do(makeSubgraph(bench.place, these(gain), 'Part'))
    const text = copy(bench.place, these('3'))
    const other = new Bench()
    other.do(paste(other.place, text) ?? [])
    expect(other.place.document.graphs.size).toBe(2)
    other.do(paste(other.place, text) ?? [])
    expect(other.place.document.graphs.size).toBe(2)
    const id = [...other.place.document.graphs.keys()][1] ?? ''
    other.enter(id)
    expect(paste(other.place, text)).toEqual([])
    other.do(setValue(other.place, '2', 'db', 9))
    other.enter('')
    other.do(paste(other.place, text) ?? [])
    expect(other.place.document.graphs.size).toBe(3)
  })

  test('naming the only instance of a subgraph names the subgraph; of several only the node', () => {
    const bench = new Bench()
    const [tone] = bench.add(TONE) as [string]
    bench.do(makeSubgraph(bench.place, these(tone), 'Subgraph'))
    const named = () => [...bench.place.document.graphs.values()].map((graph) => graph.facts.name)
    bench.do(setTitle(bench.place, '2', 'Choir'))
    expect([bench.node('2').title, named()]).toEqual(['Choir', ['', 'Choir']])
    bench.do(setTitle(bench.place, '2', ''))
    expect([bench.node('2').title, named()]).toEqual(['', ['', 'Choir']])
    bench.do(duplicate(bench.place, these('2')))
    bench.do(setTitle(bench.place, '3', 'Second choir'))
    expect([bench.node('3').title, named()]).toEqual(['Second choir', ['', 'Choir']])
  })

  test('takes a prompt and what ComfyUI copies, and nothing else', () => {
    const bench = new Bench()
    const prompt = {
      a: { class_type: 'Tone', inputs: { frequency: 5 } },
      b: { class_type: 'Mix', inputs: { 'tracks.2': ['a', 0], tracks: ['a', 0] } },
    }
    bench.do(paste(bench.place, JSON.stringify(prompt)) ?? [])
    expect(bench.links).toEqual(['1.0>2.tracks', '1.0>2.tracks.2'])
    expect(bench.node('1').values).toEqual({ frequency: 5 })
    expect(bench.node('2').pos.x).toBeGreaterThan(bench.node('1').pos.x + 200)
    const nodes = [
      {
        id: 7,
        type: 'Tone',
        pos: [0, 0],
        size: [1, 1],
        inputs: [],
        outputs: [{ name: 'audio', type: 'AUDIO' }],
      },
      {
        id: 9,
        type: 'Gain',
        pos: [0, 0],
        size: [1, 1],
        inputs: [{ name: 'audio', type: 'AUDIO', link: null }],
      },
    ]
    const link = { id: 3, origin_id: 7, origin_slot: 0, target_id: 9, target_slot: 0, type: 'AUDIO' }
    const comfy = JSON.stringify({ nodes, links: [link], groups: [], reroutes: [], subgraphs: [] })
    bench.do(paste(bench.place, comfy) ?? [])
    expect(bench.links).toContain('3.0>4.audio')
    bench.do(paste(bench.place, JSON.stringify({ nodes, links: [[0, 0, 1, 0, 7]] })) ?? [])
    expect(bench.links).toContain('5.0>6.audio')
    expect(hiddenText(`<div data-metadata="${btoa(comfy)}">`)).toBe(comfy)
    for (const text of ['hello', '{"a": 1}', '{"nodes"', '[1]', ''])
      expect(paste(bench.place, text)).toBeNull()
  })
})

describe('subgraphs', () => {
  function wired() {
    const bench = new Bench()
    const [tone, gain, save, words] = bench.add(TONE, GAIN, SAVE, SAY) as [string, string, string, string]
    bench.link(tone, gain, 'audio')
    bench.link(gain, save, 'audio')
    bench.link(words, save, 'name', 1)
    return { bench, tone, gain, save, words }
  }

  test('get gates from the links that cross, and give everything back', () => {
    const { bench, tone, gain, save, words } = wired()
    const before = bench.links
    bench.do(makeSubgraph(bench.place, these(gain, save), 'End'))
    expect(bench.links).toEqual([`${tone}.0>5.audio`, `${words}.1>5.name`])
    const id = bench.node('5').type
    const inside = bench.place.document.graphs.get(id)
    expect(inside?.facts.inputs.map((gate) => [gate.name, gate.type])).toEqual([
      ['audio', 'AUDIO'],
      ['name', 'STRING'],
    ])
    expect(specOf(bench.place, bench.node('5'))?.inputs.map((port) => port.widget?.kind)).toEqual([
      undefined,
      'text',
    ])
    bench.do(unpack(bench.place, '5'))
    expect(bench.links).toEqual(before)
    expect(bench.place.document.graphs.size).toBe(1)
  })

  test('show a widget of a node inside, and its value goes back with it', () => {
    const { bench, gain, save } = wired()
    bench.do(makeSubgraph(bench.place, these(gain, save), 'End'))
    const id = bench.node('5').type
    bench.enter(id)
    bench.do(promote(bench.place, gain, 'db'))
    expect(promote(bench.place, gain, 'db')).toEqual([])
    bench.enter('')
    expect(bench.node('5').inputs.at(-1)).toEqual({ name: 'db', type: 'FLOAT', widget: 'db' })
    bench.do(setValue(bench.place, '5', 'db', -3))
    bench.enter(id)
    bench.do(unpromote(bench.place, gain, 'db'))
    expect(bench.node(gain).values).toEqual({ db: -3 })
    bench.enter('')
    expect(bench.node('5').values).toEqual({})
    expect(bench.node('5').inputs.map((socket) => socket.name)).toEqual(['audio', 'name'])
  })

  test('gates renamed, moved, added and removed keep every instance in step', () => {
    const { bench, tone, gain, save, words } = wired()
    bench.do(makeSubgraph(bench.place, these(gain, save), 'End'))
    const id = bench.node('5').type
    bench.do(duplicate(bench.place, these('5')))
    bench.do(setValue(bench.place, '6', 'name', 'mine'))
    bench.enter(id)
    const [audio, name] = bench.graph.facts.inputs
    bench.do(renameGate(bench.place, 'input', name?.id ?? '', 'audio'))
    bench.do(moveGate(bench.place, 'input', name?.id ?? '', 0))
    expect(bench.links).toEqual([`-10.0>${save}.name`, `-10.1>${gain}.audio`, `${gain}.0>${save}.audio`])
    bench.do(gateFrom(bench.place, { node: gain, output: 0 }))
    bench.do(gateTo(bench.place, { node: gain, input: 'db' }, 'loud'))
    bench.enter('')
    expect(bench.links).toEqual([`${tone}.0>5.audio`, `${words}.1>5.audio_2`])
    expect(bench.node('6').values).toEqual({ audio_2: 'mine' })
    expect(bench.node('6').inputs.map((socket) => socket.name)).toEqual(['audio_2', 'audio', 'loud'])
    expect(bench.node('6').outputs.map((socket) => socket.name)).toEqual(['audio'])
    bench.enter(id)
    bench.do(removeGate(bench.place, 'input', audio?.id ?? ''))
    bench.enter('')
    expect(bench.links).toEqual([`${words}.1>5.audio_2`])
    bench.do(removeNodes(bench.place, ['5', '6']))
    bench.do(removeUnused(bench.place))
    expect(bench.place.document.graphs.size).toBe(1)
  })

  test('a bypassed instance leaves bypassed nodes', () => {
    const { bench, gain } = wired()
    bench.do(makeSubgraph(bench.place, these(gain), 'One'))
    bench.do(setMode(bench.place, ['5'], 4))
    bench.do(unpack(bench.place, '5'))
    expect(bench.node(gain).mode).toBe(4)
  })

  test('a primitive shows the widget of what it feeds', () => {
    const bench = new Bench()
    const [tone] = bench.add(TONE) as [string]
    bench.do(setValue(bench.place, tone, 'frequency', 9))
    bench.do(addPrimitive(bench.place, tone, 'frequency'))
    expect(specOf(bench.place, bench.node('2'))?.inputs[0]).toMatchObject({
      name: 'value',
      widget: { kind: 'number' },
    })
    expect(bench.node('2').values).toEqual({ value: 9 })
    expect(SPECS.find('PrimitiveNode')).toBeUndefined()
  })
})
