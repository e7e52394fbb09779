/** Graphs of any size, the same each time: rows of real nodes, wired to those before them. */

import {
  emptyDocument,
  MARKDOWN,
  ROOT,
  type Document,
  type Group,
  type Link,
  type Node,
} from '../../src/core/document'
import { makeNode } from '../../src/core/nodes'
import { fits, type Spec, type Specs } from '../../src/core/specs'
import { outputOf, portOf, pseudoSpec, VIRTUAL_SPECS, widgetOf } from '../../src/core/virtual'
import { HEIGHT, KINDS, WIDTH, type Plain } from '../peers/plain'

const NAMES = [
  'LLMPlanner',
  'MusicGenChunk',
  'Text',
  'AmbienceMix',
  'Crossfade',
  'Gain',
  'LoadAudio',
  'SaveAudio',
  'Switch',
  'Int',
  'Float',
  'Normalize',
  'Continue',
  'Resample',
]
const COLUMN = 400
const ROW = 420
const ROWS_OF_A_GROUP = 3
const COLUMNS_OF_A_GROUP = 4

/** The node of four widgets that the peers have too. */
export const PLAIN_SPEC: Spec = pseudoSpec(
  'Ambience',
  'Ambience',
  [
    portOf('music', 'AUDIO'),
    portOf('after', 'AUDIO'),
    portOf('seconds', 'INT', { widget: widgetOf('number', { min: 0, max: 600 }), default: 30 }),
    portOf('level', 'FLOAT', { widget: widgetOf('slider', { min: 0, max: 1 }), default: 0.5 }),
    portOf('kind', 'COMBO', { widget: widgetOf('choice', { choices: KINDS }), default: 'rain' }),
    portOf('name', 'STRING', { widget: widgetOf('text'), default: 'tape' }),
  ],
  [outputOf('audio', 'AUDIO')],
)

export function plainly({ nodes, links }: Plain): Document {
  const document = emptyDocument()
  const root = {
    ...(document.graphs.get(ROOT) ?? raise()),
    nodes: new Map(
      nodes.map(({ id, x, y }) => [
        id,
        makeNode(id, PLAIN_SPEC, { x, y }, { size: { width: WIDTH, height: HEIGHT } }),
      ]),
    ),
    links: new Map(
      links.map(({ id, from, to, input }): [number, Link] => [
        id,
        { id, from, output: 0, to, input: input === 0 ? 'music' : 'after', type: 'AUDIO' },
      ]),
    ),
  }
  return {
    ...document,
    graphs: new Map([[ROOT, root]]),
    lastNode: nodes.length,
    lastLink: links.length,
  }
}

/** Numbers from 0 to 1 that look random and are the same in every run. */
function dice(seed: number): () => number {
  let state = seed
  return () => {
    state = (state * 1_664_525 + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

export function generated(count: number, specs: Specs): Document {
  const random = dice(7)
  const usable = [
    ...NAMES.flatMap((name) => specs.find(name) ?? []),
    ...specs.all.filter((spec) => spec.inputs.length >= 3),
  ]
  const columns = Math.max(4, Math.ceil(Math.sqrt(count * 1.3)))
  const nodes = new Map<string, Node>()
  const links = new Map<number, Link>()
  const outputs: { node: string; output: number; type: string }[] = []
  for (let index = 0; index < count; index++) {
    const spec = usable[Math.floor(random() * usable.length)]
    if (spec === undefined) break
    const id = String(index + 1)
    const pos = {
      x: (index % columns) * COLUMN + Math.round(random() * 30),
      y: Math.floor(index / columns) * ROW + Math.round(random() * 40),
    }
    const node = makeNode(id, spec, pos)
    nodes.set(id, node)
    for (const port of spec.inputs.filter((one) => one.widget === null || random() < 0.08)) {
      const near = outputs.slice(-columns - 4).filter((one) => fits(one.type, port.type))
      const from = near[Math.floor(random() * near.length)]
      if (from === undefined) continue
      links.set(links.size + 1, {
        id: links.size + 1,
        from: from.node,
        output: from.output,
        to: id,
        input: port.name,
        type: from.type,
      })
    }
    spec.outputs.forEach((output, place) => outputs.push({ node: id, output: place, type: output.type }))
  }
  const document = emptyDocument()
  const root = {
    ...(document.graphs.get(ROOT) ?? raise()),
    nodes: withNote(nodes, count),
    links,
    groups: groupsOf(count, columns),
  }
  return {
    ...document,
    graphs: new Map([[ROOT, root]]),
    lastNode: count + 1,
    lastLink: links.size,
    lastGroup: root.groups.size,
  }
}

function withNote(nodes: Map<string, Node>, count: number): Map<string, Node> {
  const spec = VIRTUAL_SPECS.get(MARKDOWN)
  if (spec === undefined) return nodes
  const text = '## A note\nWrites **markdown**, with a list:\n\n- one\n- two'
  const id = String(count + 1)
  return nodes.set(
    id,
    makeNode(id, spec, { x: -420, y: 0 }, { values: { text }, size: { width: 300, height: 180 } }),
  )
}

function groupsOf(count: number, columns: number): Map<number, Group> {
  const groups = new Map<number, Group>()
  const rows = Math.ceil(count / columns)
  const colors = ['#3f789e', '#88aa88', '#a1309b', '#b06634']
  for (let row = 0; row < rows; row += ROWS_OF_A_GROUP * 2) {
    for (let column = 0; column < columns; column += COLUMNS_OF_A_GROUP * 2) {
      const id = groups.size + 1
      const box = {
        x: column * COLUMN - 40,
        y: row * ROW - 90,
        width: COLUMNS_OF_A_GROUP * COLUMN - 20,
        height: ROWS_OF_A_GROUP * ROW,
      }
      groups.set(id, { id, title: `Part ${id}`, box, color: colors[id % colors.length] ?? '', raw: {} })
    }
  }
  return groups
}

function raise(): never {
  throw new Error('an empty document has a root')
}
