/** English, and with it the list of all keys. Each room adds its own under its own prefix. */

import { canvas } from './en/canvas'
import { media } from './en/media'
import { panels } from './en/panels'
import { shell } from './en/shell'

export const en = { ...shell, ...canvas, ...panels, ...media }

export type Key = keyof typeof en
