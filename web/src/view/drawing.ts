/** Draws a graph, or the part of it that the frame asks for, from what lies behind to what lies before. */

import type { Box } from '../core/document'
import { drawNodes } from './far'
import type { Frame } from './frame'
import { drawGroups } from './groups'
import { drawLinks, drawReroutes } from './links'

export function drawAll(context: CanvasRenderingContext2D, frame: Frame, area: Box): void {
  drawGroups(context, frame, area)
  drawLinks(context, frame, area)
  drawNodes(context, frame, area)
  drawReroutes(context, frame)
}
