/** What lies where in a graph: asked by box and by point, brought up to date by what changed. */

import RBush from 'rbush'
import { boxAround, curvesOf, distance, type Curve } from './curves'
import type { Box, Graph, GraphId, Group, Link, LinkId, Node, NodeId, Point, Reroute } from './document'
import { PRIMITIVE, SUBGRAPH_INPUT, SUBGRAPH_OUTPUT } from './document'
import { nodeBox } from './geometry'
import { bends, linkPoints } from './paths'
import { linksFrom, linksInto } from './links'
import { placeGraph, specOf, type Place } from './place'
import type { Spec } from './specs'

export interface Found {
  readonly nodes: readonly Node[]
  readonly links: readonly Link[]
  readonly groups: readonly Group[]
  readonly reroutes: readonly Reroute[]
}

/** What lies at a point, the uppermost: a bend over a node, a node over a link, a link over a group. */
export type Hit =
  | { readonly kind: 'reroute'; readonly reroute: Reroute }
  | { readonly kind: 'node'; readonly node: Node }
  | { readonly kind: 'link'; readonly link: Link; readonly segment: number }
  | { readonly kind: 'group'; readonly group: Group }

interface Entry {
  readonly minX: number
  readonly minY: number
  readonly maxX: number
  readonly maxY: number
  readonly id: string | number
}

/** One kind of thing: its tree, and each one's entry so as to take it out again. */
class Layer<Id extends string | number> {
  readonly tree = new RBush<Entry>()
  private readonly entries = new Map<Id, Entry>()

  replace(boxes: ReadonlyMap<Id, Box | undefined>): void {
    // taking most of a tree apart one by one costs more than planting it anew
    const anew = boxes.size > 50 && boxes.size * 2 > this.entries.size
    const fresh: Entry[] = []
    for (const [id, box] of boxes) {
      const old = this.entries.get(id)
      if (old !== undefined && !anew) this.tree.remove(old)
      this.entries.delete(id)
      if (box === undefined) continue
      const entry = { minX: box.x, minY: box.y, maxX: box.x + box.width, maxY: box.y + box.height, id }
      this.entries.set(id, entry)
      fresh.push(entry)
    }
    if (anew) this.tree.clear().load([...this.entries.values()])
    else for (const entry of fresh) this.tree.insert(entry)
  }

  clear(): void {
    this.tree.clear()
    this.entries.clear()
  }

  search(box: Box): Id[] {
    const within = { minX: box.x, minY: box.y, maxX: box.x + box.width, maxY: box.y + box.height }
    return this.tree.search(within).map((entry) => entry.id as Id)
  }
}

export class GraphIndex {
  private readonly nodes = new Layer<NodeId>()
  private readonly links = new Layer<LinkId>()
  private readonly groups = new Layer<number>()
  private readonly reroutes = new Layer<number>()
  private readonly lines = new Map<LinkId, readonly Curve[]>()
  /** The description by which a node of changing shape was measured: of instances and primitives. */
  private readonly measured = new Map<NodeId, Spec | undefined>()
  private place: Place | undefined
  private ranks: { nodes: Graph['nodes']; rank: ReadonlyMap<NodeId, number> } | undefined

  /** Takes over a graph as it is now; of the same graph only what differs is looked at. */
  update(place: Place): void {
    const before = this.place
    const other = before === undefined || before.graph !== place.graph || before.specs !== place.specs
    if (other) this.clear()
    const old = other ? undefined : placeGraph(before)
    const graph = placeGraph(place)
    this.place = place
    const nodes = differing(old?.nodes, graph.nodes)
    for (const id of this.reshaped(place, graph)) nodes.add(id)
    const links = this.touched(old, graph, nodes)
    this.nodes.replace(new Map([...nodes].map((id) => [id, this.boxOf(graph.nodes.get(id))])))
    this.links.replace(new Map([...links].map((id) => [id, this.lineBox(graph, id)])))
    this.groups.replace(boxes(differing(old?.groups, graph.groups), (id) => graph.groups.get(id)?.box))
    this.reroutes.replace(
      boxes(differing(old?.reroutes, graph.reroutes), (id) => pointBox(graph.reroutes.get(id)?.pos)),
    )
  }

  get graph(): GraphId | undefined {
    return this.place?.graph
  }

  /** All that touches a box, nodes in the order in which they lie over each other. */
  search(box: Box): Found {
    const graph = this.current()
    const rank = this.rankOf(graph)
    const nodes = this.nodes.search(box).sort((a, b) => (rank.get(a) ?? 0) - (rank.get(b) ?? 0))
    return {
      nodes: present(nodes, graph.nodes),
      links: present(this.links.search(box), graph.links),
      groups: present(this.groups.search(box), graph.groups),
      reroutes: present(this.reroutes.search(box), graph.reroutes),
    }
  }

  /** What lies at a point; links and bends are hit as far as `near` beside them. */
  at(point: Point, near = 6): Hit | undefined {
    const around = { x: point.x - near, y: point.y - near, width: 2 * near, height: 2 * near }
    const found = this.search(around)
    const reroute = found.reroutes.find(({ pos }) => Math.hypot(pos.x - point.x, pos.y - point.y) <= near)
    if (reroute !== undefined) return { kind: 'reroute', reroute }
    const node = found.nodes.findLast((one) => holds(this.boxOf(one), point))
    if (node !== undefined) return { kind: 'node', node }
    const line = this.nearest(found.links, point, near)
    if (line !== undefined) return line
    const groups = found.groups.filter((group) => holds(group.box, point))
    const group = groups.sort((a, b) => a.box.width * a.box.height - b.box.width * b.box.height)[0]
    return group === undefined ? undefined : { kind: 'group', group }
  }

  /** A link's curves, one for each stretch between its bends. */
  curves(id: LinkId): readonly Curve[] {
    return this.lines.get(id) ?? []
  }

  /** The box around everything, undefined if there is nothing. */
  bounds(): Box | undefined {
    const trees = [this.nodes.tree, this.groups.tree].map(
      (tree) => tree.toJSON() as Entry & { children: unknown[] },
    )
    const full = trees.filter((tree) => tree.children.length > 0)
    if (full.length === 0) return undefined
    const [x, y] = [Math.min(...full.map((tree) => tree.minX)), Math.min(...full.map((tree) => tree.minY))]
    const right = Math.max(...full.map((tree) => tree.maxX))
    const bottom = Math.max(...full.map((tree) => tree.maxY))
    return { x, y, width: right - x, height: bottom - y }
  }

  private nearest(links: readonly Link[], point: Point, near: number): Hit | undefined {
    let best: { link: Link; segment: number; distance: number } | undefined
    for (const link of links) {
      const found = distance(this.curves(link.id), point)
      if (found.distance > near || (best !== undefined && best.distance <= found.distance)) continue
      best = { link, segment: found.curve, distance: found.distance }
    }
    return best && { kind: 'link', link: best.link, segment: best.segment }
  }

  private current(): Graph {
    if (this.place === undefined) throw new Error('the index was asked before it was given a graph')
    return placeGraph(this.place)
  }

  private clear(): void {
    for (const layer of [this.nodes, this.links, this.groups, this.reroutes]) layer.clear()
    this.lines.clear()
    this.measured.clear()
  }

  private boxOf(node: Node | undefined): Box | undefined {
    return node && this.place && nodeBox(node, specOf(this.place, node))
  }

  private lineBox(graph: Graph, id: LinkId): Box | undefined {
    const link = graph.links.get(id)
    const place = this.place as Place
    const points = link && linkPoints(graph, link, (node) => specOf(place, node))
    this.lines.delete(id)
    if (points === undefined) return undefined
    const curves = curvesOf(points)
    this.lines.set(id, curves)
    return boxAround(curves)
  }

  /** Nodes that look different although they are the same: their subgraph or what they feed changed. */
  private reshaped(place: Place, graph: Graph): NodeId[] {
    const found: NodeId[] = []
    for (const node of graph.nodes.values()) {
      if (node.type !== PRIMITIVE && !place.document.graphs.has(node.type)) continue
      const spec = specOf(place, node)
      if (this.measured.get(node.id) !== spec) found.push(node.id)
      this.measured.set(node.id, spec)
    }
    return found
  }

  private touched(old: Graph | undefined, graph: Graph, nodes: ReadonlySet<NodeId>): Set<LinkId> {
    const links = differing(old?.links, graph.links)
    const add = (list: readonly Link[]) => list.forEach((link) => links.add(link.id))
    for (const id of nodes) {
      add(linksInto(graph, id))
      add(linksFrom(graph, id))
    }
    if (old !== undefined && old.facts !== graph.facts) {
      add(linksFrom(graph, SUBGRAPH_INPUT))
      add(linksInto(graph, SUBGRAPH_OUTPUT))
    }
    const moved = differing(old?.reroutes, graph.reroutes)
    if (moved.size > 0) {
      for (const link of graph.links.values()) {
        if (link.reroute !== undefined && bends(graph, link).some((bend) => moved.has(bend.id)))
          links.add(link.id)
      }
    }
    return links
  }

  private rankOf(graph: Graph): ReadonlyMap<NodeId, number> {
    if (this.ranks?.nodes !== graph.nodes) {
      const rank = new Map([...graph.nodes.keys()].map((id, index) => [id, index]))
      this.ranks = { nodes: graph.nodes, rank }
    }
    return this.ranks.rank
  }
}

/** The ids under which two tables hold different things. */
function differing<Id, T>(before: ReadonlyMap<Id, T> | undefined, after: ReadonlyMap<Id, T>): Set<Id> {
  const found = new Set<Id>()
  if (before === after) return found
  for (const [id, thing] of after) if (before?.get(id) !== thing) found.add(id)
  for (const id of before?.keys() ?? []) if (!after.has(id)) found.add(id)
  return found
}

function boxes<Id>(ids: ReadonlySet<Id>, boxOf: (id: Id) => Box | undefined): Map<Id, Box | undefined> {
  return new Map([...ids].map((id) => [id, boxOf(id)]))
}

function pointBox(point: Point | undefined): Box | undefined {
  return point && { x: point.x, y: point.y, width: 0, height: 0 }
}

function holds(box: Box | undefined, { x, y }: Point): boolean {
  return box !== undefined && x >= box.x && y >= box.y && x <= box.x + box.width && y <= box.y + box.height
}

function present<Id, T>(ids: readonly Id[], table: ReadonlyMap<Id, T>): T[] {
  return ids.flatMap((id) => table.get(id) ?? [])
}
