/** Frequencies on a logarithmic scale, and sounds made ready for their spectra. */

export const LOWEST_HZ = 30
export const HIGHEST_HZ = 20_000

/** The frequency at a height: 0 at the bottom, 1 at the top. */
export function frequencyAt(height: number, highest: number): number {
  return LOWEST_HZ * (highest / LOWEST_HZ) ** height
}

export function heightOf(frequency: number, highest: number): number {
  return Math.log(frequency / LOWEST_HZ) / Math.log(highest / LOWEST_HZ)
}

export function highestOf(rateHz: number): number {
  return Math.min(HIGHEST_HZ, rateHz / 2)
}

/** All channels as one. */
export function mono(channels: readonly Float32Array[]): Float32Array<ArrayBuffer> {
  const mixed = new Float32Array(channels[0]?.length ?? 0)
  for (const channel of channels) {
    for (let frame = 0; frame < mixed.length; frame++) {
      mixed[frame] = (mixed[frame] ?? 0) + (channel[frame] ?? 0) / channels.length
    }
  }
  return mixed
}
