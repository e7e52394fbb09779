/** What the page tells: sentences that pass by, and those that only a screen reader speaks. */

export type Tone = 'info' | 'good' | 'bad'

export interface Notice {
  readonly id: number
  readonly tone: Tone
  readonly text: string
  /** Something to do about it. */
  readonly action?: { readonly title: string; readonly run: () => void }
}

const SECONDS: { readonly [tone in Tone]: number } = { info: 4, good: 3, bad: 12 }
const MOST = 4

class Notices {
  shown: readonly Notice[] = $state.raw([])
  /** What a screen reader says now. */
  spoken = $state('')
  private last = 0

  tell(text: string, tone: Tone = 'info', action?: Notice['action']): number {
    this.last += 1
    const notice: Notice = { id: this.last, tone, text, ...(action ? { action } : {}) }
    this.shown = [...this.shown.filter((each) => each.text !== text), notice].slice(-MOST)
    setTimeout(() => this.drop(notice.id), SECONDS[tone] * 1000 + (action ? 6000 : 0))
    return notice.id
  }

  /** Tells what went wrong. */
  fail(error: unknown): void {
    this.tell(sentence(error instanceof Error ? error.message : String(error)), 'bad')
  }

  drop(id: number): void {
    this.shown = this.shown.filter((notice) => notice.id !== id)
  }

  /** Says something to those who do not see the page. */
  say(text: string): void {
    // The same words again are only spoken if something changed.
    this.spoken = this.spoken === text ? `${text} ` : text
  }
}

/** A message of the server as a sentence of the page. */
export function sentence(message: string): string {
  const text = message.trim()
  const end = /[.!?…]$/.test(text) ? '' : '.'
  return text.charAt(0).toUpperCase() + text.slice(1) + end
}

export const notices = new Notices()
