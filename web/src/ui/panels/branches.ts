/** Things named by paths, `audio/file/…`, as a tree. */

export interface Branch<T> {
  readonly name: string
  /** The whole path, so that it is told from another of the same name. */
  readonly path: string
  readonly branches: readonly Branch<T>[]
  readonly leaves: readonly T[]
  /** All below it. */
  readonly count: number
}

/** The top of the tree, each level in alphabetical order. What has no path comes under ''. */
export function branched<T>(
  things: readonly T[],
  pathOf: (thing: T) => string,
  nameOf: (thing: T) => string,
): Branch<T>[] {
  return level(
    things.map((thing) => ({ thing, steps: pathOf(thing).split('/') })),
    '',
    nameOf,
  )
}

interface Placed<T> {
  readonly thing: T
  readonly steps: readonly string[]
}

function level<T>(placed: readonly Placed<T>[], above: string, nameOf: (thing: T) => string): Branch<T>[] {
  const groups = grouped(placed, ({ steps }) => steps[0] ?? '')
  return [...groups]
    .toSorted(([a], [b]) => a.localeCompare(b))
    .map(([name, inside]) => {
      const path = above === '' ? name : `${above}/${name}`
      const here = inside.filter(({ steps }) => steps.length < 2).map(({ thing }) => thing)
      const below = inside
        .filter(({ steps }) => steps.length > 1)
        .map(({ thing, steps }) => ({ thing, steps: steps.slice(1) }))
      return {
        name,
        path,
        branches: level(below, path, nameOf),
        leaves: here.toSorted((a, b) => nameOf(a).localeCompare(nameOf(b))),
        count: inside.length,
      }
    })
}

/** Things by what they have in common, in the order in which it first occurs. */
export function grouped<T>(things: readonly T[], by: (thing: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>()
  for (const thing of things) {
    const group = groups.get(by(thing))
    if (group === undefined) groups.set(by(thing), [thing])
    else group.push(thing)
  }
  return groups
}
