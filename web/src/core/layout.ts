/** Automatic layout: layers from left to right by ELK, which is loaded when it is first asked for. */

import type { ELK, ElkExtendedEdge, ElkNode } from 'elkjs/lib/elk-api'
import type { Change } from './changes'
import { contents } from './commands/arrange'
import { edited } from './commands/edit'
import { straightened } from './commands/reroutes'
import type { Box, Graph, Group, Link, Node, NodeId, Point } from './document'
import { SUBGRAPH_INPUT, SUBGRAPH_OUTPUT } from './document'
import { geometryOf, nodeBox } from './geometry'
import { bends, gateIndex, gatePoint, gatesBox } from './paths'
import { placeGraph, specOf, type Place } from './place'

const OPTIONS = {
  'elk.algorithm': 'layered',
  'elk.direction': 'RIGHT',
  'elk.spacing.nodeNode': '40',
  'elk.layered.spacing.nodeNodeBetweenLayers': '80',
  'elk.spacing.componentComponent': '60',
  'elk.layered.considerModelOrder.strategy': 'NODES_AND_EDGES',
}
/** Straighter links, which take too long to count for more nodes than these. */
const FEW = 150
const CAREFUL = { 'elk.layered.nodePlacement.strategy': 'NETWORK_SIMPLEX' }
const NESTED = { 'elk.hierarchyHandling': 'INCLUDE_CHILDREN' }
/** Around the nodes of a group, and above them for its title. */
const GROUP = { 'elk.padding': '[top=50,left=20,bottom=20,right=20]' }
const ENDS = { [SUBGRAPH_INPUT]: 'FIRST', [SUBGRAPH_OUTPUT]: 'LAST' } as const

/**
 * Puts nodes in order: those named, or all. Pinned ones stay. The upper left corner stays where it
 * was. `elk` may be one that works in a worker; without it the page waits while it counts.
 */
export async function layout(place: Place, ids?: Iterable<NodeId>, elk?: ELK): Promise<Change[]> {
  const graph = placeGraph(place)
  const chosen = [...(ids ?? graph.nodes.keys())].flatMap((id) => graph.nodes.get(id) ?? [])
  const nodes = chosen.filter((node) => !node.pinned)
  if (nodes.length === 0) return []
  const drawing = new Drawing(place, nodes, ids === undefined)
  const engine = elk ?? (await bundled())
  const placed = boxesOf(await engine.layout(drawing.root()))
  return drawing.changes(placed)
}

async function bundled(): Promise<ELK> {
  const { default: Elk } = await import('elkjs/lib/elk.bundled.js')
  return new Elk()
}

class Drawing {
  private readonly graph: Graph
  private readonly ids: ReadonlySet<NodeId>
  private readonly groups: readonly Group[]
  /** The innermost group that each node, and each group, lies in. */
  private readonly holder = new Map<string, number>()

  constructor(
    private readonly place: Place,
    private readonly nodes: readonly Node[],
    private readonly whole: boolean,
  ) {
    this.graph = placeGraph(place)
    this.ids = new Set(nodes.map((node) => node.id))
    this.groups = this.heldGroups()
  }

  root(): ElkNode {
    const careful = this.nodes.length <= FEW ? CAREFUL : {}
    const nested = this.groups.length > 0 ? NESTED : {}
    const children = [...this.children(undefined), ...this.ends()]
    return { id: 'root', layoutOptions: { ...OPTIONS, ...careful, ...nested }, children, edges: this.edges() }
  }

  /** Groups of which all nodes are laid out, the largest first, and what lies in which. */
  private heldGroups(): Group[] {
    const size = (group: Group) => group.box.width * group.box.height
    const sorted = [...this.graph.groups.values()].sort((a, b) => size(b) - size(a))
    const inside = sorted.map((group) => ({ group, found: contents(this.place, group.box) }))
    const held = inside.filter(
      ({ found }) => found.nodes.length > 0 && found.nodes.every((id) => this.ids.has(id)),
    )
    const kept = new Set(held.map(({ group }) => group.id))
    for (const { group, found } of held) {
      for (const id of found.nodes) this.holder.set(`node ${id}`, group.id)
      for (const id of found.groups)
        if (id !== group.id && kept.has(id)) this.holder.set(`group ${id}`, group.id)
    }
    return held.map(({ group }) => group)
  }

  private children(holder: number | undefined): ElkNode[] {
    const groups = this.groups.filter((group) => this.holder.get(`group ${group.id}`) === holder)
    const nodes = this.nodes.filter((node) => this.holder.get(`node ${node.id}`) === holder)
    return [
      ...groups.map((group) => ({
        id: `group ${group.id}`,
        layoutOptions: GROUP,
        children: this.children(group.id),
      })),
      ...nodes.map((node) => this.child(node)),
    ]
  }

  private child(node: Node): ElkNode {
    const { width, height } = nodeBox(node, this.spec(node))
    const { inputs, outputs, title } = geometryOf(node, this.spec(node))
    const port = (side: string) => (place: Point, index: number) => ({
      id: `${side} ${node.id} ${index}`,
      x: side === 'in' ? 0 : width,
      y: place.y + title,
      layoutOptions: { 'elk.port.side': side === 'in' ? 'WEST' : 'EAST' },
    })
    const ports = [...inputs.map(port('in')), ...outputs.map(port('out'))]
    return {
      id: `node ${node.id}`,
      width,
      height,
      ports,
      layoutOptions: { 'elk.portConstraints': 'FIXED_POS' },
    }
  }

  /** A subgraph's gates stay first and last when all of it is laid out. */
  private ends(): ElkNode[] {
    if (!this.whole || this.graph.id === '') return []
    return ([SUBGRAPH_INPUT, SUBGRAPH_OUTPUT] as const).map((id) => {
      const side = id === SUBGRAPH_INPUT ? 'input' : 'output'
      const box = gatesBox(this.graph, side)
      const gates = side === 'input' ? this.graph.facts.inputs : this.graph.facts.outputs
      const ports = gates.map((_, index) => ({
        id: `${side === 'input' ? 'out' : 'in'} ${id} ${index}`,
        x: side === 'input' ? box.width : 0,
        y: gatePoint(this.graph, side, index).y - box.y,
        layoutOptions: { 'elk.port.side': side === 'input' ? 'EAST' : 'WEST' },
      }))
      const constraint = {
        'elk.layered.layering.layerConstraint': ENDS[id] as string,
        'elk.portConstraints': 'FIXED_POS',
      }
      return { id: `node ${id}`, width: box.width, height: box.height, ports, layoutOptions: constraint }
    })
  }

  private edges(): ElkExtendedEdge[] {
    return this.links().flatMap((link) => {
      const [source, target] = [this.sourcePort(link), this.targetPort(link)]
      return source && target ? [{ id: `link ${link.id}`, sources: [source], targets: [target] }] : []
    })
  }

  private links(): Link[] {
    const there = (id: NodeId) => this.ids.has(id) || (this.whole && this.graph.id !== '' && id in ENDS)
    return [...this.graph.links.values()].filter((link) => there(link.from) && there(link.to))
  }

  private sourcePort(link: Link): string | undefined {
    const node = this.graph.nodes.get(link.from)
    const count = node ? node.outputs.length : this.graph.facts.inputs.length
    return link.output < count ? `out ${link.from} ${link.output}` : undefined
  }

  private targetPort(link: Link): string | undefined {
    const node = this.graph.nodes.get(link.to)
    const index = node
      ? geometryOf(node, this.spec(node)).inputs.findIndex((input) => input.name === link.input)
      : gateIndex(this.graph.facts.outputs, link.input)
    return index >= 0 ? `in ${link.to} ${index}` : undefined
  }

  private spec(node: Node) {
    return specOf(this.place, node)
  }

  changes(placed: ReadonlyMap<string, Box>): Change[] {
    const corner = this.corner()
    const found = [...placed].filter(([id]) => !id.startsWith('group ')).map(([, box]) => box)
    const by = {
      x: corner.x - Math.min(...found.map((box) => box.x)),
      y: corner.y - Math.min(...found.map((box) => box.y)),
    }
    return edited(this.place, (graph) => {
      for (const node of this.nodes) {
        const box = placed.get(`node ${node.id}`)
        const { title } = geometryOf(node, this.spec(node))
        const pos = box && { x: Math.round(box.x + by.x), y: Math.round(box.y + by.y + title) }
        if (pos && (pos.x !== node.pos.x || pos.y !== node.pos.y)) graph.put('node', { ...node, pos })
      }
      for (const group of this.groups) {
        const box = placed.get(`group ${group.id}`)
        if (box !== undefined) graph.put('group', { ...group, box: rounded(box, by) })
      }
      const [input, output] = [placed.get(`node ${SUBGRAPH_INPUT}`), placed.get(`node ${SUBGRAPH_OUTPUT}`)]
      if (input && output)
        graph.setFacts({ ...graph.facts, inputBox: rounded(input, by), outputBox: rounded(output, by) })
      // bends were made for where things lay before
      const bent = new Set(this.links().flatMap((link) => bends(this.graph, link).map((bend) => bend.id)))
      for (const id of bent) straightened(graph, id)
    })
  }

  private corner(): Point {
    const boxes = this.nodes.map((node) => nodeBox(node, this.spec(node)))
    if (this.whole && this.graph.id !== '')
      boxes.push(gatesBox(this.graph, 'input'), gatesBox(this.graph, 'output'))
    return { x: Math.min(...boxes.map((box) => box.x)), y: Math.min(...boxes.map((box) => box.y)) }
  }
}

function rounded(box: Box, by: Point): Box {
  const [x, y] = [Math.round(box.x + by.x), Math.round(box.y + by.y)]
  return { x, y, width: Math.round(box.width), height: Math.round(box.height) }
}

/** Every child's box in the root's coordinates; ELK gives them within their parents. */
function boxesOf(root: ElkNode): ReadonlyMap<string, Box> {
  const found = new Map<string, Box>()
  const visit = (node: ElkNode, around: Point) => {
    for (const child of node.children ?? []) {
      const at = { x: around.x + (child.x ?? 0), y: around.y + (child.y ?? 0) }
      found.set(child.id, { ...at, width: child.width ?? 0, height: child.height ?? 0 })
      visit(child, at)
    }
  }
  visit(root, { x: 0, y: 0 })
  return found
}
