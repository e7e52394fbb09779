/** Where a plot's marks stand, and what of a long line is drawn. */

/** Round numbers that span a range, about `count` of them. */
export function ticks(low: number, high: number, count: number): readonly number[] {
  if (!(high > low)) return [low]
  const rough = (high - low) / Math.max(1, count)
  const power = 10 ** Math.floor(Math.log10(rough))
  const step = power * ([1, 2, 2.5, 5, 10].find((each) => each * power >= rough) ?? 10)
  const first = Math.ceil(low / step - 1e-9)
  const last = Math.floor(high / step + 1e-9)
  // From whole multiples: sums of steps drift.
  return Array.from({ length: last - first + 1 }, (_, index) =>
    Number(((first + index) * step).toPrecision(12)),
  )
}

/** The range that values are drawn in: bars and all that comes near nought begin there. */
export function span(values: readonly number[], fromNought: boolean): readonly [number, number] {
  const finite = values.filter(Number.isFinite)
  let [low, high] = [Infinity, -Infinity]
  for (const value of finite) {
    low = Math.min(low, value)
    high = Math.max(high, value)
  }
  if (finite.length === 0) return [0, 1]
  if (fromNought || (low > 0 && low < high / 3)) low = Math.min(0, low)
  if (fromNought) high = Math.max(0, high)
  return high > low ? [low, high] : [low - 0.5, high + 0.5]
}

/** The numbers of the points that a line of `most` points keeps: the extremes of each stretch. */
export function thinned(values: readonly number[], most: number): readonly number[] {
  if (values.length <= most) return values.map((_, index) => index)
  const stretches = Math.floor(most / 2)
  const kept = new Set<number>()
  for (let stretch = 0; stretch < stretches; stretch++) {
    const from = Math.floor((stretch * values.length) / stretches)
    const to = Math.floor(((stretch + 1) * values.length) / stretches)
    let [low, high] = [from, from]
    for (let index = from; index < to; index++) {
      if ((values[index] ?? NaN) < (values[low] ?? NaN)) low = index
      if ((values[index] ?? NaN) > (values[high] ?? NaN)) high = index
    }
    kept.add(Math.min(low, high)).add(Math.max(low, high))
  }
  return [...kept]
}
