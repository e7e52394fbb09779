import { describe, expect, test } from 'vitest'
import { addGroup } from '../../../src/core/commands/groups'
import { togglePinned } from '../../../src/core/commands/nodes'
import { makeSubgraph } from '../../../src/core/commands/subgraphs'
import type { Box } from '../../../src/core/document'
import { nodeBox } from '../../../src/core/geometry'
import { layout } from '../../../src/core/layout'
import { specOf } from '../../../src/core/place'
import { Bench, these } from './build'
import { GAIN, MIX, SAVE, SAY, TONE } from './specs'

function tangle() {
  const bench = new Bench()
  const ids = bench.add(SAVE, MIX, GAIN, TONE, SAY) as [string, string, string, string, string]
  const [save, mix, gain, tone, say] = ids
  bench.link(tone, gain, 'audio')
  bench.link(gain, mix, 'tracks')
  bench.link(say, mix, 'tracks.2')
  bench.link(mix, save, 'audio')
  return { bench, ids, save, mix, gain, tone, say }
}

function boxes(bench: Bench): Box[] {
  return [...bench.graph.nodes.values()].map((node) => nodeBox(node, specOf(bench.place, node)))
}

function overlap(a: Box, b: Box): boolean {
  return a.x < b.x + b.width && b.x < a.x + a.width && a.y < b.y + b.height && b.y < a.y + a.height
}

function free(list: readonly Box[]): boolean {
  return list.every((box, index) => list.slice(index + 1).every((other) => !overlap(box, other)))
}

describe('automatic layout', () => {
  test('goes from left to right, without overlaps, from the same corner', async () => {
    const { bench } = tangle()
    const corner = (list: Box[]) => [
      Math.min(...list.map((box) => box.x)),
      Math.min(...list.map((box) => box.y)),
    ]
    const before = corner(boxes(bench))
    bench.do(await layout(bench.place))
    for (const { from, to } of bench.graph.links.values()) {
      expect(bench.node(to).pos.x).toBeGreaterThan(bench.node(from).pos.x + bench.node(from).size.width)
    }
    expect(free(boxes(bench))).toBe(true)
    expect(corner(boxes(bench))).toEqual(before)
  })

  test('keeps groups together, and pinned nodes where they are', async () => {
    const { bench, tone, gain, save } = tangle()
    bench.do(togglePinned(bench.place, [save]))
    const pinned = bench.node(save).pos
    const apart = { x: 0, y: 3000 }
    for (const id of [tone, gain])
      bench.do([
        {
          kind: 'node',
          graph: '',
          before: bench.node(id),
          after: { ...bench.node(id), pos: { ...apart, x: 300 * Number(id) } },
        },
      ])
    bench.do(addGroup(bench.place, 'Two', [tone, gain]))
    bench.do(await layout(bench.place))
    const group = bench.graph.groups.get(1)?.box as Box
    for (const id of [tone, gain]) {
      const box = nodeBox(bench.node(id), specOf(bench.place, bench.node(id)))
      expect(
        box.x >= group.x &&
          box.y >= group.y &&
          box.x + box.width <= group.x + group.width &&
          box.y + box.height <= group.y + group.height,
      ).toBe(true)
    }
    expect(bench.node(save).pos).toEqual(pinned)
  })

  test('of a selection moves nothing else', async () => {
    const { bench, tone, gain, say } = tangle()
    const before = bench.node(say)
    bench.do(await layout(bench.place, [tone, gain]))
    expect(bench.node(say)).toBe(before)
    expect(bench.node(gain).pos.x).toBeGreaterThan(bench.node(tone).pos.x)
  })

  test('puts a subgraph between its gates', async () => {
    const { bench, mix, gain } = tangle()
    bench.do(makeSubgraph(bench.place, these(mix, gain), 'Part'))
    bench.enter(bench.node('6').type)
    bench.do(await layout(bench.place))
    const { inputBox, outputBox } = bench.graph.facts
    const inner = boxes(bench)
    expect(inner.every((box) => box.x > inputBox.x + inputBox.width && box.x + box.width < outputBox.x)).toBe(
      true,
    )
    expect(free([...inner, inputBox, outputBox])).toBe(true)
  })
})
