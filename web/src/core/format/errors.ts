/** What is said of a file: why it cannot be opened, or what was mended when it was. */

import type { GraphId, NodeId } from '../document'

/** Why a file cannot be opened. `prompt`: it is one in API format, which the server can draw. */
export type FormatCode = 'not_json' | 'cut_off' | 'not_a_workflow' | 'prompt'

export class FormatError extends Error {
  constructor(
    readonly code: FormatCode,
    message: string,
  ) {
    super(message)
    this.name = 'FormatError'
  }
}

/** One thing that was mended on reading, as a sentence. */
export interface Note {
  readonly code:
    'duplicate_id' | 'unknown_mode' | 'link_to_nowhere' | 'missing' | 'not_a_number' | 'unreadable'
  readonly message: string
  readonly graph: GraphId
  readonly node?: NodeId
}
