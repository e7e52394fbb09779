/** Which sockets a link may join, and why not. */

import { SUBGRAPH_INPUT, SUBGRAPH_OUTPUT, type Graph, type NodeId } from '../core/document'
import { downstream, linkInto, upstream } from '../core/links'
import { fits } from '../core/specs'
import type { Scene, SocketHit } from './scene'
import type { Refusal } from './stage'

/** Says of a socket why a link from the first may not end there; null if it may. */
export type Judge = (other: SocketHit) => Refusal | null

const PLAIN = {}

/** Looks along the links once, so that all sockets of a graph can be asked. */
export function judge(graph: Graph, from: SocketHit): Judge {
  const gives = from.place.side === 'output'
  const around = gives ? upstream(graph, from.node) : downstream(graph, from.node)
  return (other) => {
    if (from.place.side === other.place.side) return { key: 'side', params: PLAIN }
    if (from.node === other.node) return { key: 'itself', params: PLAIN }
    const [output, input] = gives ? [from, other] : [other, from]
    if (output.node === SUBGRAPH_INPUT && input.node === SUBGRAPH_OUTPUT)
      return { key: 'through', params: PLAIN }
    const [given, wanted] = [output.place.type, input.place.type]
    if (!fits(given, wanted)) return { key: 'type', params: { given, wanted } }
    return around.has(other.node) ? { key: 'circle', params: PLAIN } : null
  }
}

export function socketOf(
  scene: Scene,
  id: NodeId,
  side: 'input' | 'output',
  name: string,
  index: number,
): SocketHit | undefined {
  const node = scene.node(id)
  if (node === undefined) return undefined
  const layout = scene.layout(node)
  const place = side === 'input' ? layout.inputs.find((one) => one.name === name) : layout.outputs[index]
  const point = side === 'input' ? scene.input(id, name) : scene.output(id, index)
  return place && point && { node: id, place, point }
}

export function socketsOf(scene: Scene, id: NodeId): SocketHit[] {
  const node = scene.node(id)
  if (node === undefined) return []
  const { inputs, outputs } = scene.layout(node)
  return [...inputs, ...outputs].flatMap(
    (place) => socketOf(scene, id, place.side, place.name, place.index) ?? [],
  )
}

/** The socket of a node that a link dropped on its body takes; if none fits, the one to refuse it. */
export function bestSocket(scene: Scene, id: NodeId, from: SocketHit, judged: Judge): SocketHit | undefined {
  const all = socketsOf(scene, id).filter((hit) => hit.place.side !== from.place.side)
  const good = all.filter((hit) => judged(hit) === null)
  const rank = (hit: SocketHit): number => {
    const taken = hit.place.side === 'input' && linkInto(scene.graph, id, hit.place.name) !== undefined
    return (hit.place.type === from.place.type ? 0 : 4) + (taken ? 2 : 0) + (hit.place.widget ? 1 : 0)
  }
  return good.toSorted((a, b) => rank(a) - rank(b))[0] ?? all[0]
}

/** All sockets that a link from here could end in, the nearest first: for choosing by keys. */
export function partners(scene: Scene, from: SocketHit): SocketHit[] {
  const judged = judge(scene.graph, from)
  const apart = ({ point }: SocketHit): number => Math.hypot(point.x - from.point.x, point.y - from.point.y)
  const all = [...scene.graph.nodes.keys()].flatMap((id) => socketsOf(scene, id))
  return all.filter((hit) => judged(hit) === null).toSorted((a, b) => apart(a) - apart(b))
}
