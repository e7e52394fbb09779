import { describe, expect, test } from 'vitest'
import { apply, inverse, type Change } from '../../../src/core/changes'
import { emptyDocument, emptyGraph, ROOT, type Node } from '../../../src/core/document'
import { History } from '../../../src/core/history'
import { same, Digits } from '../../../src/core/json'
import { makeNode } from '../../../src/core/nodes'
import { TONE } from './specs'

const tone = (id: string) => makeNode(id, TONE, { x: 0, y: 0 })
const put = (before: Node | undefined, after: Node | undefined): Change => ({
  kind: 'node',
  graph: ROOT,
  before,
  after,
})
const named = (title: string) => ({ ...tone('1'), title })

describe('history', () => {
  test('steps of one gesture are one step', () => {
    const history = new History(emptyDocument())
    history.make([put(undefined, named('a'))], 'add')
    history.make([put(named('a'), named('b'))], 'type', 'title 1')
    history.make([put(named('b'), named('c'))], 'type', 'title 1')
    history.undo()
    expect(history.document.graphs.get(ROOT)?.nodes.get('1')?.title).toBe('a')
    history.redo()
    expect(history.document.graphs.get(ROOT)?.nodes.get('1')?.title).toBe('c')
    history.seal()
    history.make([put(named('c'), named('d'))], 'type', 'title 1')
    history.undo()
    expect(history.document.graphs.get(ROOT)?.nodes.get('1')?.title).toBe('c')
  })

  test('what came and went within a gesture leaves nothing to undo wrongly', () => {
    const history = new History(emptyDocument())
    history.make([put(undefined, tone('1'))], 'drag', 'drag')
    history.make([put(tone('1'), undefined)], 'drag', 'drag')
    expect(history.undo().graphs.get(ROOT)?.nodes.size).toBe(0)
    expect(history.redo().graphs.get(ROOT)?.nodes.size).toBe(0)
  })

  test('saving, undoing and going another way is a change', () => {
    const history = new History(emptyDocument())
    history.make([put(undefined, tone('1'))], 'add')
    history.saved()
    expect(history.changed).toBe(false)
    history.undo()
    expect(history.changed).toBe(true)
    history.make([put(undefined, tone('2'))], 'add')
    expect(history.changed).toBe(true)
    history.undo()
    expect(history.changed).toBe(true)
  })

  test('an id is never given twice, also not one in a subgraph that was added', () => {
    const inner = { ...emptyGraph('part'), nodes: new Map([['70', tone('70')]]) }
    const changes: Change[] = [
      put(undefined, tone('5')),
      { kind: 'graph', graph: 'part', before: undefined, after: inner },
    ]
    const document = apply(emptyDocument(), changes)
    expect(document.lastNode).toBe(70)
    expect(apply(document, inverse(changes))).toMatchObject({ lastNode: 70 })
    expect(() =>
      apply(document, [{ kind: 'graph', graph: ROOT, before: undefined, after: undefined }]),
    ).toThrow('stays')
  })
})

test('values are the same whatever the order of their keys, large numbers by their digits', () => {
  expect(same({ a: [1, { b: 2 }], c: null }, { c: null, a: [1, { b: 2 }] })).toBe(true)
  expect(same({ a: 1 }, { b: 1 })).toBe(false)
  expect(same(new Digits('99999999999999999'), new Digits('99999999999999999'))).toBe(true)
  expect(same(new Digits('99999999999999999'), new Digits('99999999999999998'))).toBe(false)
  expect(same(new Digits('99999999999999999'), '99999999999999999')).toBe(false)
  expect(same([], {})).toBe(false)
})
