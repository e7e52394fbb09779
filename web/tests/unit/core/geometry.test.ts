import { describe, expect, test } from 'vitest'
import { move } from '../../../src/core/commands/arrange'
import { makeSubgraph } from '../../../src/core/commands/subgraphs'
import { promote } from '../../../src/core/commands/gates'
import { addReroute, moveReroute } from '../../../src/core/commands/reroutes'
import { toggleCollapsed } from '../../../src/core/commands/nodes'
import { toggleBare } from '../../../src/core/commands/widgets'
import { boxAround, curvesOf, distance, pointAt } from '../../../src/core/curves'
import {
  geometryOf,
  inputPoint,
  nodeBox,
  outputPoint,
  PADDING,
  ROW,
  TITLE,
  WIDGET,
} from '../../../src/core/geometry'
import { GraphIndex } from '../../../src/core/index'
import { makeNode } from '../../../src/core/nodes'
import { specOf } from '../../../src/core/place'
import { Bench, these } from './build'
import { chance } from './random'
import { GAIN, LOUDER, MIX, SAVE, SAY, TONE } from './specs'

const AT = { x: 100, y: 200 }

describe('a node', () => {
  test('has a row for each socket, then its widgets, each with a socket of its own', () => {
    const node = makeNode('1', LOUDER, AT)
    const { inputs, outputs, widgets } = geometryOf(node, LOUDER)
    expect(inputs.map(({ name, x, y }) => [name, x, y])).toEqual([
      ['sound', 0, PADDING + ROW / 2],
      ['db', 0, PADDING + ROW + WIDGET / 2],
      ['hard', 0, PADDING + ROW + 1.5 * WIDGET],
    ])
    expect(outputs.map(({ x, y }) => [x, y])).toEqual([[node.size.width, PADDING + ROW / 2]])
    expect(widgets.map(({ port, y, height }) => [port.name, y, height])).toEqual([
      ['db', PADDING + ROW, WIDGET],
      ['hard', PADDING + ROW + WIDGET, WIDGET],
    ])
    expect(nodeBox(node, LOUDER)).toEqual({
      x: 100,
      y: 200 - TITLE,
      width: 240,
      height: TITLE + 2 * PADDING + ROW + 2 * WIDGET,
    })
    expect(inputPoint(node, LOUDER, 'db')).toEqual({ x: 100, y: 200 + PADDING + ROW + WIDGET / 2 })
  })

  test('gives what height is left to its text, or to what it shows', () => {
    const node = { ...makeNode('1', SAY, AT), size: { width: 300, height: 500 } }
    const text = geometryOf(node, SAY).widgets.find((widget) => widget.area)
    expect(text?.height).toBe(500 - 2 * PADDING - 2 * ROW - WIDGET)
    const save = { ...makeNode('1', SAVE, AT), size: { width: 300, height: 400 } }
    expect(geometryOf(save, SAVE).media).toEqual({
      x: 0,
      y: PADDING + ROW + WIDGET,
      width: 300,
      height: 400 - 2 * PADDING - ROW - WIDGET,
    })
  })

  test('collapsed has all its sockets at its title', () => {
    const node = { ...makeNode('1', LOUDER, AT), collapsed: true }
    const { size, inputs, widgets } = geometryOf(node, LOUDER)
    expect(size.height).toBe(0)
    expect(new Set(inputs.map(({ y }) => y))).toEqual(new Set([-TITLE / 2]))
    expect(widgets).toEqual([])
    expect(outputPoint(node, LOUDER, 0).y).toBe(200 - TITLE / 2)
  })

  test('of no known class shows its sockets, and marks none as stale', () => {
    const node = { ...makeNode('1', LOUDER, AT), type: 'Gone' }
    const { inputs } = geometryOf(node, undefined)
    expect(inputs.map(({ name, stale }) => [name, stale])).toEqual([
      ['sound', false],
      ['db', false],
      ['hard', false],
    ])
    expect(geometryOf(node, GAIN).inputs.find((input) => input.name === 'sound')?.stale).toBe(true)
  })

  test('a widget made a bare input gets a row among the sockets', () => {
    const bench = new Bench()
    const [id] = bench.add(LOUDER) as [string]
    bench.do(toggleBare(bench.place, id, 'db'))
    expect(geometryOf(bench.node(id), LOUDER).widgets.map(({ port }) => port.name)).toEqual(['hard'])
    expect(geometryOf(bench.node(id), LOUDER).inputs.map(({ name, y }) => [name, y])).toEqual([
      ['sound', PADDING + ROW / 2],
      ['db', PADDING + 1.5 * ROW],
      ['hard', PADDING + 2 * ROW + WIDGET / 2],
    ])
    bench.do(toggleBare(bench.place, id, 'db'))
    expect(geometryOf(bench.node(id), LOUDER).widgets).toHaveLength(2)
  })
})

describe('curves', () => {
  test('begin and end level at their points, and lie in their box', () => {
    const random = chance(1)
    for (let round = 0; round < 200; round += 1) {
      const points = Array.from({ length: 2 + Math.floor(random() * 3) }, () => ({
        x: random() * 2000,
        y: random() * 2000,
      }))
      const curves = curvesOf(points)
      const box = boxAround(curves)
      curves.forEach((curve, index) => {
        expect(pointAt(curve, 0)).toEqual(points[index])
        expect(pointAt(curve, 1)).toEqual(points[index + 1])
        expect(curve.first.y).toBe(curve.start.y)
        for (const t of [0.2, 0.5, 0.8]) {
          const { x, y } = pointAt(curve, t)
          expect(
            x >= box.x - 1e-6 &&
              y >= box.y - 1e-6 &&
              x <= box.x + box.width + 1e-6 &&
              y <= box.y + box.height + 1e-6,
          ).toBe(true)
          const found = distance(curves, { x, y })
          expect(found.distance).toBeLessThan(4)
        }
      })
    }
  })

  test('tell which stretch is nearest and how far', () => {
    const curves = curvesOf([
      { x: 0, y: 0 },
      { x: 100, y: 0 },
      { x: 200, y: 0 },
    ])
    expect(distance(curves, { x: 150, y: 7 })).toEqual({ distance: 7, curve: 1 })
  })
})

describe('the index', () => {
  function line() {
    const bench = new Bench()
    const [tone, gain, save] = bench.add(TONE, GAIN, SAVE) as [string, string, string]
    bench.link(tone, gain, 'audio')
    bench.link(gain, save, 'audio')
    const index = new GraphIndex()
    index.update(bench.place)
    return { bench, index, tone, gain, save }
  }

  test('finds what touches a box, and what lies uppermost at a point', () => {
    const { bench, index, gain } = line()
    const box = nodeBox(bench.node(gain), GAIN)
    expect(
      index.search({ x: box.x + 5, y: box.y + 5, width: 1, height: 1 }).nodes.map((node) => node.id),
    ).toEqual([gain])
    expect(index.at({ x: box.x + 5, y: box.y + 5 })).toMatchObject({ kind: 'node', node: { id: gain } })
    const middle = pointAt(index.curves(1)[0] ?? (curvesOf([])[0] as never), 0.5)
    expect(index.at(middle)).toMatchObject({ kind: 'link', link: { id: 1 }, segment: 0 })
    expect(index.at({ x: middle.x, y: middle.y + 90 })).toBeUndefined()
  })

  test('follows a node with its links, and a bend', () => {
    const { bench, index, gain } = line()
    const before = index.curves(2)
    bench.do(move(bench.place, these(gain), { x: 0, y: 1000 }))
    index.update(bench.place)
    expect(index.curves(1)[0]?.end.y).toBe(inputPoint(bench.node(gain), GAIN, 'audio').y)
    expect(index.curves(2)).not.toEqual(before)
    bench.do(addReroute(bench.place, 1, { x: 400, y: 4000 }))
    index.update(bench.place)
    expect(index.at({ x: 402, y: 4001 })).toMatchObject({ kind: 'reroute' })
    bench.do(moveReroute(bench.place, 1, { x: 400, y: 5000 }))
    index.update(bench.place)
    expect(index.curves(1).map((curve) => curve.end.y)[0]).toBe(5000)
    expect(index.at({ x: 402, y: 4001 })).toBeUndefined()
  })

  test('measures nothing again that did not change', () => {
    const { bench, index, gain, save } = line()
    const kept = index.curves(1)
    bench.do(move(bench.place, these(save), { x: 50, y: 0 }))
    index.update(bench.place)
    expect(index.curves(1)).toBe(kept)
    bench.do(toggleCollapsed(bench.place, [gain]))
    index.update(bench.place)
    expect(index.curves(1)).not.toBe(kept)
  })

  test('sees that an instance has grown by what was done inside', () => {
    const bench = new Bench()
    const [tone, gain] = bench.add(TONE, GAIN) as [string, string]
    bench.link(tone, gain, 'audio')
    bench.do(makeSubgraph(bench.place, these(gain), 'Part'))
    const index = new GraphIndex()
    index.update(bench.place)
    const below = { ...nodeBox(bench.node('3'), specOf(bench.place, bench.node('3'))), height: 1 }
    const under = { ...below, y: below.y + TITLE + 2 * PADDING + ROW + WIDGET / 2 }
    expect(index.search(under).nodes).toEqual([])
    const root = bench.place.graph
    bench.enter(bench.node('3').type)
    bench.do(promote(bench.place, gain, 'db'))
    bench.enter(root)
    index.update(bench.place)
    expect(index.search(under).nodes.map((node) => node.id)).toEqual(['3'])
    expect(nodeBox(bench.node('3'), specOf(bench.place, bench.node('3'))).height).toBe(
      TITLE + 2 * PADDING + ROW + WIDGET,
    )
  })

  test('two nodes over each other: the later one is hit', () => {
    const bench = new Bench()
    const [a, b] = bench.add(TONE, MIX) as [string, string]
    bench.do(move(bench.place, these(b), { x: -300, y: 0 }))
    const index = new GraphIndex()
    index.update(bench.place)
    expect(index.at({ x: 310, y: 5 })).toMatchObject({ node: { id: b } })
    expect(index.search({ x: 300, y: 0, width: 10, height: 10 }).nodes.map((node) => node.id)).toEqual([a, b])
  })
})
