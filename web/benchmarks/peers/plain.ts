/** The same graph for every canvas that is measured: rows of nodes with four widgets, each wired to two before it. */

export interface PlainNode {
  readonly id: string
  readonly x: number
  readonly y: number
}

export interface PlainLink {
  readonly id: number
  readonly from: string
  readonly to: string
  /** The number of the input that it ends at. */
  readonly input: 0 | 1
}

export interface Plain {
  readonly nodes: readonly PlainNode[]
  readonly links: readonly PlainLink[]
}

export const WIDTH = 240
/** Of a node without its title. */
export const HEIGHT = 180
export const KINDS = ['rain', 'ocean', 'crickets', 'fireplace']
const COLUMN = 340
const ROW = 290

export function plain(count: number): Plain {
  const columns = Math.max(4, Math.ceil(Math.sqrt(count * 1.3)))
  const nodes: PlainNode[] = []
  const links: PlainLink[] = []
  for (let index = 0; index < count; index++) {
    const id = String(index + 1)
    // Not quite in rows, so that no link is a straight line.
    const aside = (index * 7919) % 31
    nodes.push({ id, x: (index % columns) * COLUMN + aside, y: Math.floor(index / columns) * ROW + aside })
    for (const [input, back] of [
      [0, 1],
      [1, columns],
    ] as const)
      if (index >= back) links.push({ id: links.length + 1, from: String(index + 1 - back), to: id, input })
  }
  return { nodes, links }
}

/** How many nodes the address asks for. */
export function asked(): number {
  return Number(new URLSearchParams(location.search).get('nodes') ?? 1000)
}
