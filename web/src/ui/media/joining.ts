/** How pieces of one sound follow each other on the audio clock, so that one hears no seam. All in seconds. */

// For so long two pieces are heard at once, one rising as the other falls: they hold the same sound there.
export const JOIN_SECONDS = 0.02
// Pieces begin on these: whole frames at every usual rate of files and of loudspeakers. Between frames a
// browser begins a source some frames off, and what two pieces share would not be in phase.
const GRID_SECONDS = 0.04
// What a source needs to begin in time.
export const LEAD_SECONDS = 0.01

/** What is playing: `position` of the sound is heard at `time`, and it goes on to `end`. */
export interface Line {
  readonly position: number
  readonly time: number
  readonly end: number
}

/** When a piece begins, and when it begins to be heard. */
export interface Cue {
  readonly when: number
  readonly rise: number
  readonly line: Line
}

/** The last place up to here where a piece may begin. */
export function onGrid(position: number): number {
  return Math.max(0, Math.floor(position / GRID_SECONDS + 1e-6) * GRID_SECONDS)
}

/** Where the next piece is to begin. */
export function nextFrom(line: Line): number {
  return onGrid(line.end - JOIN_SECONDS)
}

/** What of the sound is heard now. */
export function heard(line: Line, now: number): number {
  return Math.min(line.end, line.position + Math.max(0, now - line.time))
}

/** Whether all that was there has been heard. */
export function isDry(line: Line, now: number): boolean {
  return line.position + (now - line.time) >= line.end
}

/** The first piece: heard as soon as can be, from the next whole frame on. */
export function begun(start: number, length: number, now: number, rateHz: number): Cue {
  const when = Math.ceil((now + LEAD_SECONDS) * rateHz) / rateHz
  return { when, rise: when, line: { position: start, time: when, end: start + length } }
}

/**
 * A piece from `start` on that comes after what plays: in its time if it is there by then; if not, once the
 * end was heard, and then the little that both hold is heard twice. Null if it brings nothing new.
 */
export function followed(line: Line, start: number, length: number, now: number, rateHz: number): Cue | null {
  const end = start + length
  if (end <= line.end || start > line.end) return null
  const due = line.time + (start - line.position)
  const over = line.time + (line.end - line.position)
  if (due < now + LEAD_SECONDS) return begun(start, length, Math.max(now, over - LEAD_SECONDS), rateHz)
  return { when: due, rise: Math.max(due, over - JOIN_SECONDS), line: { ...line, end } }
}

/** The gain over time of a piece: linear, so that two pieces that are heard at once add up to one. */
export function fades(
  { when, rise }: Cue,
  length: number,
): readonly (readonly [time: number, gain: number])[] {
  const over = when + length
  const fade = Math.min(JOIN_SECONDS, (over - rise) / 2)
  return [
    [rise, 0],
    [rise + fade, 1],
    [over - fade, 1],
    [over, 0],
  ]
}
