/** Who may be heard: one at a time, over one audio context for the page. */

export interface Playable {
  /** What it is called, for a player elsewhere on the page. */
  readonly title: string
  readonly playing: boolean
  play(): Promise<void>
  pause(): void
}

export class Stage {
  /** What plays, or played last: the space bar is its. */
  current: Playable | null = $state.raw(null)
  private opened: AudioContext | null = null

  /** Made when something is first to be heard: browsers ask for a person's gesture before. */
  get context(): AudioContext {
    this.opened ??= new AudioContext({ latencyHint: 'interactive' })
    return this.opened
  }

  /** Whether sound was asked for already, so that the context is there. */
  get open(): boolean {
    return this.opened !== null
  }

  /** Takes the stage: whoever plays stops. */
  claim(playable: Playable): void {
    if (this.current !== playable) this.current?.pause()
    this.current = playable
  }

  /** Something is no longer on the page. */
  leave(playable: Playable): void {
    if (this.current === playable) this.current = null
  }

  /** Plays or pauses what played last; false if there is nothing, so that the key may do other work. */
  toggle(): boolean {
    if (this.current === null) return false
    if (this.current.playing) this.current.pause()
    else void this.current.play()
    return true
  }
}

export const stage = new Stage()
