/** A stretch of sound that repeats without a click. */

export interface Loop {
  /** Seconds from the sound's beginning. */
  readonly start: number
  readonly end: number
}

export const SHORTEST_SECONDS = 0.05

/** A loop that lies in the sound and is long enough to be heard as one. */
export function within(loop: Loop, seconds: number): Loop {
  const low = Math.min(loop.start, loop.end)
  const start = Math.max(0, Math.min(low, seconds - SHORTEST_SECONDS))
  const end = Math.min(seconds, Math.max(start + SHORTEST_SECONDS, loop.end, loop.start))
  return { start, end }
}

/**
 * The frames from `start` to `end` so that their end runs on into their beginning: over the last `fade`
 * frames what comes before `start` fades in, and so the step back falls between neighbours. Where
 * nothing comes before, both ends are faded.
 */
export function seamless(
  samples: Float32Array,
  start: number,
  end: number,
  fade: number,
): Float32Array<ArrayBuffer> {
  const part = new Float32Array(samples.subarray(start, end))
  const length = Math.min(fade, Math.floor(part.length / 2))
  const before = Math.min(length, start)
  if (before < length) {
    for (let frame = 0; frame < length; frame++) {
      const gain = rise(frame, length)
      part[frame] = (part[frame] ?? 0) * gain
      part[part.length - 1 - frame] = (part[part.length - 1 - frame] ?? 0) * gain
    }
    return part
  }
  for (let frame = 0; frame < length; frame++) {
    const at = part.length - length + frame
    // Equal power: unrelated sounds add up in power, and a dip would be heard as a beat.
    const inwards = Math.sin((rise(frame, length) * Math.PI) / 2)
    const outwards = Math.cos((rise(frame, length) * Math.PI) / 2)
    part[at] = (part[at] ?? 0) * outwards + (samples[start - length + frame] ?? 0) * inwards
  }
  return part
}

function rise(frame: number, length: number): number {
  return frame / length
}

/** Where a loop stands after so many seconds of playing from `from`. */
export function positionIn(loop: Loop, from: number, played: number): number {
  const length = loop.end - loop.start
  return loop.start + ((((from - loop.start + played) % length) + length) % length)
}
