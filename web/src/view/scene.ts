/** A graph as it lies on the canvas: outlines, lines, what is where, and what a gesture moves meanwhile. */

import {
  ROOT,
  SUBGRAPH_INPUT,
  SUBGRAPH_OUTPUT,
  type Box,
  type Graph,
  type GraphFacts,
  type Group,
  type Link,
  type LinkId,
  type Node,
  type NodeId,
  type Point,
  type Reroute,
} from '../core/document'
import type { GateSide } from '../core/commands/gates'
import { bends, gatesBox } from '../core/geometry'
import { overlap, union } from './boxes'
import { curveOf, type Curve } from './curve'
import { footOf } from './feet'
import { gatePlaces, panelAt, type GatePlace, type PanelHit } from './gates'
import { outline, type Layout, type Layouts, type SocketPlace } from './layout'

/** What a gesture moves before it becomes a change. */
export interface Shift {
  readonly nodes: ReadonlySet<NodeId>
  readonly groups: ReadonlySet<number>
  readonly reroutes: ReadonlySet<number>
  readonly dx: number
  readonly dy: number
}

export interface SocketHit {
  readonly node: NodeId
  readonly place: SocketPlace
  readonly point: Point
}

const NO_REROUTES: Reroute[] = []
const STILL: Shift = { nodes: new Set(), groups: new Set(), reroutes: new Set(), dx: 0, dy: 0 }

export class Scene {
  graph: Graph
  shift: Shift = STILL
  /** Another number whenever something lies elsewhere that neither a change nor the shift tells of. */
  revision = 0
  /** Between which rows of a panel a gate would be put that is in the air. */
  slot: { readonly side: GateSide; readonly index: number } | null = null
  private panels: Graph | null = null
  private drafts = new Map<NodeId, Node>()
  private sized = new Map<number, Box>()
  private boxes = new Map<NodeId, { readonly node: Node; readonly box: Box }>()
  private curves = new Map<LinkId, Curve>()
  private ends = new Map<NodeId, LinkId[]>()
  private hanging = new Map<number, LinkId[]>()
  private loose = new Set<LinkId>()
  private wanted: ReadonlyMap<NodeId, number> = new Map()

  constructor(
    graph: Graph,
    readonly layouts: Layouts,
  ) {
    this.graph = graph
    this.connect()
  }

  /** Takes a graph as it is now; what did not change is kept. */
  take(graph: Graph): void {
    const before = this.graph
    if (before === graph) return
    this.graph = graph
    if (before.links !== graph.links || before.reroutes !== graph.reroutes || before.facts !== graph.facts) {
      this.curves.clear()
      this.connect()
    } else if (before.nodes !== graph.nodes) {
      for (const node of graph.nodes.values())
        if (before.nodes.get(node.id) !== node) this.forgetLinks(node.id)
    }
    if (before.nodes !== graph.nodes) {
      for (const id of this.boxes.keys()) if (!graph.nodes.has(id)) this.boxes.delete(id)
    }
  }

  /** All lines and outlines are found anew: sockets lie elsewhere. */
  forget(): void {
    this.revision += 1
    this.boxes.clear()
    this.curves.clear()
  }

  /** Moves things without changing them; nothing puts them back. */
  move(shift: Shift = STILL): void {
    const same = shift.nodes === this.shift.nodes && shift.reroutes === this.shift.reroutes
    this.shift = shift
    this.loose.forEach((id) => this.curves.delete(id))
    if (!same)
      this.loose = new Set(
        [...shift.nodes]
          .flatMap((id) => this.ends.get(id) ?? [])
          .concat([...shift.reroutes].flatMap((id) => this.hanging.get(id) ?? [])),
      )
    this.loose.forEach((id) => this.curves.delete(id))
    if (shift === STILL) this.loose = new Set()
  }

  /** Whether a link stays, moves as a whole, or leads from what moves to what stays. */
  partOf(link: Link): 'still' | 'moved' | 'between' {
    if (!this.loose.has(link.id)) return 'still'
    const { nodes, reroutes } = this.shift
    const whole = nodes.has(link.from) && nodes.has(link.to)
    return whole && this.reroutesOf(link).every(({ id }) => reroutes.has(id)) ? 'moved' : 'between'
  }

  /** A node as a gesture makes it, before it is a change. */
  draft(node: Node): void {
    this.revision += 1
    this.drafts.set(node.id, node)
    this.forgetLinks(node.id)
  }

  dropDrafts(): void {
    this.revision += 1
    for (const id of this.drafts.keys()) this.forgetLinks(id)
    this.drafts.clear()
  }

  /** The heights that nodes want for what they show: bodies without that room get feet. Whether it changed. */
  want(heights: ReadonlyMap<NodeId, number>): boolean {
    if (heights === this.wanted) return false
    this.wanted = heights
    this.revision += 1
    this.boxes.clear()
    return true
  }

  /** The height below a node's body in which it shows what it made. */
  foot(node: Node): number {
    const wanted = this.wanted.get(node.id)
    return wanted === undefined ? 0 : footOf(this.layout(node), wanted)
  }

  node(id: NodeId): Node | undefined {
    return this.drafts.get(id) ?? this.graph.nodes.get(id)
  }

  layout(node: Node): Layout {
    return this.layouts.of(node)
  }

  box(id: NodeId): Box | undefined {
    const node = this.node(id)
    if (node === undefined) return undefined
    let known = this.boxes.get(id)
    if (known?.node !== node) {
      known = { node, box: outline(node, this.layout(node), this.foot(node)) }
      this.boxes.set(id, known)
    }
    if (!this.shift.nodes.has(id)) return known.box
    const { x, y, width, height } = known.box
    return { x: x + this.shift.dx, y: y + this.shift.dy, width, height }
  }

  /** A group's box as a gesture makes it, or null for its own again. */
  sizeGroup(id: number, box: Box | null): void {
    if (box === null) this.sized.delete(id)
    else this.sized.set(id, box)
  }

  groupBox(group: Group): Box {
    const sized = this.sized.get(group.id)
    if (sized !== undefined) return sized
    if (!this.shift.groups.has(group.id)) return group.box
    return { ...group.box, x: group.box.x + this.shift.dx, y: group.box.y + this.shift.dy }
  }

  reroutePoint(reroute: Reroute): Point {
    if (!this.shift.reroutes.has(reroute.id)) return reroute.pos
    return { x: reroute.pos.x + this.shift.dx, y: reroute.pos.y + this.shift.dy }
  }

  /** The panels of a subgraph as a gesture moves them, or null for where they are. */
  draftPanels(facts: GraphFacts | null): void {
    this.panels = facts && { ...this.graph, facts }
    this.forgetLinks(SUBGRAPH_INPUT)
    this.forgetLinks(SUBGRAPH_OUTPUT)
  }

  gates(): readonly GatePlace[] {
    return gatePlaces(this.panels ?? this.graph)
  }

  panel(side: GateSide): Box {
    return gatesBox(this.panels ?? this.graph, side)
  }

  panelAt(point: Point): PanelHit | undefined {
    return panelAt(this.graph, point)
  }

  /** The nodes that touch a box, in the order in which they were drawn. */
  nodesIn(area: Box): NodeId[] {
    const found: NodeId[] = []
    for (const id of this.graph.nodes.keys()) {
      const box = this.box(id)
      if (box !== undefined && overlap(box, area)) found.push(id)
    }
    return found
  }

  linksIn(area: Box): Link[] {
    const found: Link[] = []
    for (const link of this.graph.links.values()) {
      const curve = this.curve(link)
      if (curve !== undefined && overlap(curve.box, area)) found.push(link)
    }
    return found
  }

  linksOf(id: NodeId): readonly LinkId[] {
    return this.ends.get(id) ?? []
  }

  /** All that is drawn; undefined if nothing is. */
  bounds(ids: Iterable<NodeId> = this.graph.nodes.keys(), withGroups = true): Box | undefined {
    const boxes: Box[] = []
    for (const id of ids) {
      const box = this.box(id)
      if (box !== undefined) boxes.push(box)
    }
    if (withGroups) for (const group of this.graph.groups.values()) boxes.push(this.groupBox(group))
    if (withGroups && this.graph.id !== ROOT) boxes.push(this.panel('input'), this.panel('output'))
    return union(boxes)
  }

  /** Undefined where an end is missing: such a link is not drawn. */
  curve(link: Link): Curve | undefined {
    const known = this.curves.get(link.id)
    if (known !== undefined) return known
    const from = this.output(link.from, link.output)
    const to = this.input(link.to, link.input)
    if (from === undefined || to === undefined) return undefined
    const curve = curveOf([from, ...this.reroutesOf(link).map((reroute) => this.reroutePoint(reroute)), to])
    this.curves.set(link.id, curve)
    return curve
  }

  /** The reroutes of a link from its output on. */
  reroutesOf(link: Link): Reroute[] {
    return link.reroute === undefined ? NO_REROUTES : bends(this.graph, link)
  }

  output(id: NodeId, index: number): Point | undefined {
    if (id === SUBGRAPH_INPUT)
      return this.gates().find((place) => place.side === 'output' && place.index === index)
    const node = this.node(id)
    return node && this.spot(node, this.layout(node).outputs[index])
  }

  input(id: NodeId, name: string): Point | undefined {
    if (id === SUBGRAPH_OUTPUT)
      return this.gates().find((place) => place.side === 'input' && place.name === name)
    const node = this.node(id)
    return (
      node &&
      this.spot(
        node,
        this.layout(node).inputs.find((place) => place.name === name),
      )
    )
  }

  /** Where a place of a node lies in the graph. */
  spot(node: Node, place: SocketPlace | undefined): Point | undefined {
    if (place === undefined) return undefined
    const moved = this.shift.nodes.has(node.id)
    return {
      x: node.pos.x + place.x + (moved ? this.shift.dx : 0),
      y: node.pos.y + place.y + (moved ? this.shift.dy : 0),
    }
  }

  private forgetLinks(id: NodeId): void {
    this.ends.get(id)?.forEach((link) => this.curves.delete(link))
  }

  private connect(): void {
    this.ends = new Map()
    this.hanging = new Map()
    for (const link of this.graph.links.values()) {
      for (const id of new Set([link.from, link.to])) add(this.ends, id, link.id)
      for (const reroute of this.reroutesOf(link)) add(this.hanging, reroute.id, link.id)
    }
  }
}

function add<Key>(table: Map<Key, LinkId[]>, key: Key, id: LinkId): void {
  const list = table.get(key)
  if (list === undefined) table.set(key, [id])
  else list.push(id)
}
