/** What a node has to show: while it works, when it has worked, or else the files that it loads. */

import type { Node } from '../core/document'
import type { Spec } from '../core/specs'
import { fileAt, itemOf, mediaOf, previewItem, type MediaItem } from './media'
import type { NodeRun } from './progress'

type Output = NonNullable<NodeRun['output']>

const NOTHING: readonly MediaItem[] = []
/** Paths of the server's machine, which no page may read. */
const ELSEWHERE = /^(?:[/\\]|[a-z]:)/i

const shown = new WeakMap<Output, readonly MediaItem[]>()
const pickers = new WeakMap<Spec, readonly string[]>()

export function exhibitOf(
  node: Node,
  spec: Spec | undefined,
  run: NodeRun | undefined,
): readonly MediaItem[] {
  const ran = run === undefined ? NOTHING : exhibitOfRun(run)
  return ran.length > 0 ? ran : exhibitOfFiles(node, spec)
}

export function exhibitOfRun({ preview, output }: NodeRun): readonly MediaItem[] {
  if (preview !== null) return [previewItem(preview)]
  if (output === null) return NOTHING
  let items = shown.get(output)
  if (items === undefined) shown.set(output, (items = mediaOf(output)))
  return items
}

/** The files that its fields name, as long as they lie in the input folder. */
export function exhibitOfFiles(node: Node, spec: Spec | undefined): readonly MediaItem[] {
  if (spec === undefined) return NOTHING
  let names = pickers.get(spec)
  if (names === undefined) {
    names = spec.inputs.filter((port) => port.widget?.kind === 'file').map((port) => port.name)
    pickers.set(spec, names)
  }
  if (names.length === 0) return NOTHING
  return names.flatMap((name) => {
    const value = node.values[name]
    return typeof value === 'string' && value !== '' && !ELSEWHERE.test(value)
      ? [itemOf(fileAt('input', value))]
      : []
  })
}
