/** German. A test compares its keys with the English ones. */

import { canvas } from './de/canvas'
import { media } from './de/media'
import { panels } from './de/panels'
import { shell } from './de/shell'
import type { en } from './en'

export const de: { readonly [K in keyof typeof en]: string } = { ...shell, ...canvas, ...panels, ...media }
