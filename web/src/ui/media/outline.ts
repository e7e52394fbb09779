/** A waveform as pairs of lowest and highest samples, and how it is painted. */

export type Pair = readonly [number, number]

export interface Peaks {
  readonly seconds: number
  readonly rate_hz: number
  readonly channels: number
  readonly peaks: readonly Pair[]
}

/** At most `count` pairs that hold the extremes of all. */
export function reduced(pairs: readonly Pair[], count: number): readonly Pair[] {
  if (pairs.length <= count) return pairs
  return Array.from({ length: count }, (_, index) => {
    const from = Math.floor((index * pairs.length) / count)
    const to = Math.max(from + 1, Math.floor(((index + 1) * pairs.length) / count))
    let [low, high] = pairs[from] ?? [0, 0]
    for (const pair of pairs.slice(from, to)) {
      low = Math.min(low, pair[0])
      high = Math.max(high, pair[1])
    }
    return [low, high]
  })
}

/** The highest and the lowest points apart, as wavesurfer takes them: above and below its middle line. */
export function halves(pairs: readonly Pair[]): [number[], number[]] {
  return [pairs.map((pair) => Math.max(0, pair[1])), pairs.map((pair) => Math.max(0, -pair[0]))]
}

/** Paints pairs from the left over `share` of the width. */
export function paint(
  canvas: HTMLCanvasElement,
  pairs: readonly Pair[],
  share: number,
  colour: string,
): void {
  const ratio = Math.min(2, window.devicePixelRatio || 1)
  const [width, height] = [canvas.clientWidth, canvas.clientHeight]
  canvas.width = Math.max(1, Math.round(width * ratio))
  canvas.height = Math.max(1, Math.round(height * ratio))
  const context = canvas.getContext('2d')
  if (context === null) return
  context.scale(ratio, ratio)
  context.fillStyle = colour
  const shown = reduced(pairs, Math.max(1, Math.floor(width * share * ratio)))
  const step = (width * share) / Math.max(1, shown.length)
  const middle = height / 2
  shown.forEach(([low, high], index) => {
    const top = middle - Math.min(1, high) * middle
    const bottom = middle - Math.max(-1, low) * middle
    // Silence keeps a line of one pixel.
    context.fillRect(
      index * step,
      Math.min(top, middle - 0.5),
      Math.max(step, 0.5),
      Math.max(1, bottom - top),
    )
  })
}
