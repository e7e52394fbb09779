/** Which row of a list is chosen, while a field above it has the keyboard. */

const STEPS: { readonly [key: string]: number } = { ArrowDown: 1, ArrowUp: -1, PageDown: 8, PageUp: -8 }

export class Choice {
  at = $state(0)
  /** The list, so that the chosen row is kept in sight. */
  list: HTMLElement | undefined = $state()

  /** Does what a key in the field is for; `take` is called with the row that was chosen. */
  press(event: KeyboardEvent, count: number, take: (row: number) => void): void {
    const step = STEPS[event.key]
    if (event.key === 'Enter' && !event.isComposing && count > 0) take(Math.min(this.at, count - 1))
    else if (step !== undefined) this.move(this.at + step, count)
    else return
    event.preventDefault()
  }

  private move(to: number, count: number): void {
    this.at = Math.max(0, Math.min(count - 1, to))
    this.list?.querySelectorAll('[role=option]')[this.at]?.scrollIntoView({ block: 'nearest' })
  }
}
