/** A small graph to look at: a text, a planner that takes it, and a player of what that makes. */

import {
  emptyDocument,
  ROOT,
  type Document,
  type Graph,
  type Link,
  type Node,
} from '../../../src/core/document'
import { makeNode } from '../../../src/core/nodes'
import { outputOf, portOf, pseudoSpec, widgetOf } from '../../../src/core/virtual'
import { Specs, type Spec } from '../../../src/core/specs'
import { Layouts } from '../../../src/view/layout'
import { Scene } from '../../../src/view/scene'

const text = pseudoSpec(
  'Text',
  'Text',
  [portOf('value', 'STRING', { widget: widgetOf('text', { multiline: true }) })],
  [outputOf('string', 'STRING')],
)
const planner = pseudoSpec(
  'Planner',
  'Planner',
  [portOf('text', 'STRING'), portOf('seed', 'INT', { widget: widgetOf('seed') })],
  [outputOf('recipe', 'RECIPE')],
)
const player = pseudoSpec(
  'Player',
  'Player',
  [portOf('recipe', 'RECIPE'), portOf('after', 'AUDIO')],
  [outputOf('audio', 'AUDIO')],
)

export const specs = new Specs([text, planner, player])

export function small(): Document {
  const make = (id: string, spec: Spec, x: number, y = 0): Node =>
    makeNode(id, spec, { x, y }, { size: { width: 200, height: 100 } })
  const nodes = [
    make('1', text, 0),
    make('2', planner, 400),
    make('3', player, 800),
    make('4', player, 800, 400),
  ]
  const links: Link[] = [
    { id: 1, from: '1', output: 0, to: '2', input: 'text', type: 'STRING' },
    { id: 2, from: '2', output: 0, to: '3', input: 'recipe', type: 'RECIPE' },
  ]
  const group = { id: 1, title: 'Play', box: { x: 760, y: -60, width: 300, height: 260 }, color: '', raw: {} }
  const document = emptyDocument()
  const graph = {
    ...(document.graphs.get(ROOT) as Graph),
    nodes: new Map(nodes.map((node) => [node.id, node])),
    links: new Map(links.map((link) => [link.id, link])),
    groups: new Map([[1, group]]),
  }
  return { ...document, graphs: new Map([[ROOT, graph]]), lastNode: 4, lastLink: 2, lastGroup: 1 }
}

export function sceneOf(document: Document = small()): Scene {
  return new Scene(document.graphs.get(ROOT) as Graph, new Layouts((node) => specs.find(node.type)))
}
