/** Where a key leads in time; null for a key that leads nowhere. */

const FINE_SECONDS = 0.1
const STEP_SECONDS = 1

export function step(
  event: { readonly key: string; readonly shiftKey: boolean },
  at: number,
  seconds: number,
): number | null {
  const short = event.shiftKey ? FINE_SECONDS : STEP_SECONDS
  const inside = (to: number) => Math.max(0, Math.min(seconds, to))
  switch (event.key) {
    case 'ArrowLeft':
      return inside(at - short)
    case 'ArrowRight':
      return inside(at + short)
    case 'PageDown':
      return inside(at - seconds / 10)
    case 'PageUp':
      return inside(at + seconds / 10)
    case 'Home':
      return 0
    case 'End':
      return seconds
    default:
      return null
  }
}
