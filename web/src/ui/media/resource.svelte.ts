/** Something that is fetched when it is first looked at, with what went wrong and another try. */

import { MediaFailure, type Failure } from './failure'

export class Resource<T> {
  value: T | null = $state.raw(null)
  failure: Failure | null = $state(null)
  loading = $state(false)
  private asked = 0

  constructor(private readonly get: (signal: AbortSignal) => Promise<T>) {}

  private control: AbortController | null = null

  /** Fetches it unless it is there or on its way. */
  async load(): Promise<void> {
    if (this.value !== null || this.loading) return
    const turn = ++this.asked
    this.control = new AbortController()
    this.loading = true
    this.failure = null
    try {
      const found = await this.get(this.control.signal)
      if (turn === this.asked) this.value = found
    } catch (error) {
      if (turn === this.asked) this.failure = error instanceof MediaFailure ? error.failure : 'unreadable'
    } finally {
      if (turn === this.asked) this.loading = false
    }
  }

  /** Lets go of it: what still comes is not wanted. */
  leave(): void {
    this.asked++
    this.loading = false
    this.control?.abort()
  }
}
