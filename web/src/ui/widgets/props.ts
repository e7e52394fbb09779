/** What every widget is given. */

import type { Json } from '../../core/json'
import type { Port } from '../../core/specs'

export interface WidgetProps {
  readonly port: Port
  readonly value: Json
  /** `final`: the gesture is over, such as a drag or typing into one field. */
  readonly onchange: (value: Json, final: boolean) => void
  readonly disabled?: boolean
  /** Of the field itself, so that a label or a message may point to it. */
  readonly id: string
  readonly tabindex?: number
}
