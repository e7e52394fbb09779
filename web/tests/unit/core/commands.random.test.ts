import { describe, expect, test } from 'vitest'
import { apply, inverse } from '../../../src/core/changes'
import { emptyDocument, type Document } from '../../../src/core/document'
import { readText } from '../../../src/core/format/read'
import { writeText } from '../../../src/core/format/write'
import { History } from '../../../src/core/history'
import { GraphIndex } from '../../../src/core/index'
import { chance, flaws, Person } from './random'
import { SPECS } from './specs'

const STEPS = 160

function graphs(document: Document) {
  return document.graphs
}

describe.each(Array.from({ length: 25 }, (_, seed) => seed))(
  'what a person does by chance, seed %i',
  (seed) => {
    test('leads nowhere broken, is undone and redone exactly, and survives saving', () => {
      const person = new Person(chance(seed))
      const history = new History(emptyDocument())
      const states: Document[] = [history.document]
      const index = new GraphIndex()
      for (let step = 0; step < STEPS; step += 1) {
        const place = person.place({ document: history.document, graph: '', specs: SPECS })
        const changes = step < 70 || step % 4 === 0 ? person.build(place) : person.act(place)
        const before = history.document
        history.make(changes, 'chance')
        const here = { ...place, document: history.document, graph: '' }
        expect(flaws(here)).toEqual([])
        expect(graphs(apply(history.document, inverse(changes)))).toEqual(graphs(before))
        if (changes.length > 0) states.push(history.document)
        index.update(here)
      }
      for (const state of states.toReversed().slice(1)) expect(graphs(history.undo())).toEqual(graphs(state))
      for (const state of states.slice(1)) expect(graphs(history.redo())).toEqual(graphs(state))
      const text = writeText(history.document, SPECS)
      const opened = readText(text, SPECS)
      expect(opened.notes).toEqual([])
      expect(writeText(opened.document, SPECS)).toBe(text)
      const rebuilt = new GraphIndex()
      const place = { document: history.document, graph: '', specs: SPECS }
      rebuilt.update(place)
      index.update(place)
      const all = { x: -1e6, y: -1e6, width: 2e6, height: 2e6 }
      const ids = (found: GraphIndex) => {
        const { nodes, links, groups, reroutes } = found.search(all)
        return [nodes, links, groups, reroutes].map((list) => list.map((one) => String(one.id)).sort())
      }
      expect(ids(index)).toEqual(ids(rebuilt))
      expect(index.bounds()).toEqual(rebuilt.bounds())
      for (const id of history.document.graphs.get('')?.links.keys() ?? [])
        expect(index.curves(id)).toEqual(rebuilt.curves(id))
    })
  },
)
