/** Undo and redo: a list of changes that were made, and how many of them hold. */

import { apply, inverse, type Change } from './changes'
import type { Document } from './document'

interface Step {
  readonly changes: readonly Change[]
  /** Steps of one gesture, such as typing into one field, share a mark and become one. */
  readonly mark: string
  /** What was done, for the menu: "add Tone". */
  readonly title: string
}

/** As many steps as anyone undoes; what lies further back is kept as saved versions. */
const MOST_STEPS = 10_000

export class History {
  private steps: Step[] = []
  private held = 0
  private savedAt = 0

  constructor(public document: Document) {}

  get canUndo(): boolean {
    return this.held > 0
  }

  get canRedo(): boolean {
    return this.held < this.steps.length
  }

  /** Whether the document differs from what was saved last. */
  get changed(): boolean {
    return this.held !== this.savedAt
  }

  /** What undo would take back, and redo bring again. */
  get titles(): { undo: string; redo: string } {
    return { undo: this.steps[this.held - 1]?.title ?? '', redo: this.steps[this.held]?.title ?? '' }
  }

  /** Makes changes. With the `mark` of the step before they become part of it. */
  make(changes: readonly Change[], title: string, mark = ''): Document {
    if (changes.length === 0) return this.document
    this.document = apply(this.document, changes)
    if (this.savedAt > this.held) this.savedAt = -1
    this.steps.length = this.held
    const last = this.steps.at(-1)
    if (mark !== '' && last?.mark === mark && this.savedAt !== this.held) {
      this.steps[this.held - 1] = { ...last, changes: merged(last.changes, changes) }
    } else {
      this.steps.push({ changes, mark, title })
      this.held += 1
    }
    this.forgetOldest()
    return this.document
  }

  undo(): Document {
    const step = this.steps[this.held - 1]
    if (step === undefined) return this.document
    this.held -= 1
    return (this.document = apply(this.document, inverse(step.changes)))
  }

  redo(): Document {
    const step = this.steps[this.held]
    if (step === undefined) return this.document
    this.held += 1
    return (this.document = apply(this.document, step.changes))
  }

  /** Ends the gesture: the next change is a step of its own whatever its mark. */
  seal(): void {
    const last = this.steps[this.held - 1]
    if (last !== undefined) this.steps[this.held - 1] = { ...last, mark: '' }
  }

  /** The document as it is now has been saved. */
  saved(): void {
    this.savedAt = this.held
    this.seal()
  }

  /** The document as it is now was not saved: it comes from a draft. */
  unsaved(): void {
    this.savedAt = -1
  }

  private forgetOldest(): void {
    const extra = this.steps.length - MOST_STEPS
    if (extra <= 0) return
    this.steps.splice(0, extra)
    this.held -= extra
    this.savedAt -= extra
  }
}

/** Two lists of changes as one: what changed twice is told once. */
function merged(first: readonly Change[], second: readonly Change[]): Change[] {
  const found = new Map<string, Change>()
  for (const change of [...first, ...second]) {
    const name = `${change.kind} ${change.graph} ${nameOf(change)}`
    const before = found.get(name)
    found.set(name, before === undefined ? change : ({ ...change, before: before.before } as Change))
  }
  // what came and went within one gesture is no change at all
  return [...found.values()].filter((change) => change.before !== undefined || change.after !== undefined)
}

function nameOf(change: Change): string {
  const thing = change.after ?? change.before
  return thing !== undefined && 'id' in thing ? String(thing.id) : ''
}
