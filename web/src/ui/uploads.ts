/** Files from this computer as inputs of nodes. */

import { refusal } from '../api/client'
import type { Port, Spec, Specs } from '../core/specs'

/** A node that loads a file, and which of its inputs names it. */
export interface Loader {
  readonly spec: Spec
  readonly input: string
}

/** The node for a file by its suffix: the one that asks for the fewest other kinds. */
export function loaderOf(specs: Specs, fileName: string): Loader | undefined {
  const found = specs.all.flatMap((spec) => {
    const port =
      spec.deprecated === '' && !spec.sink ? spec.inputs.find((one) => accepts(one, fileName)) : undefined
    return port === undefined ? [] : [{ spec, input: port.name, kinds: port.widget?.accept.length ?? 0 }]
  })
  return found.toSorted((a, b) => a.kinds - b.kinds || a.spec.inputs.length - b.spec.inputs.length)[0]
}

/** Whether a file input takes such a file. One that says nothing of suffixes takes any, but is asked for none. */
export function accepts(port: Port, fileName: string): boolean {
  if (port.widget?.kind !== 'file') return false
  const suffix = /\.[^./]+$/.exec(fileName)?.[0].toLowerCase() ?? ''
  return port.widget.accept.some((each) => each.toLowerCase() === suffix)
}

/** Keeps a file in the server's input folder; its name there. Throws ApiError. */
export async function uploaded(file: File): Promise<string> {
  const body = new FormData()
  body.append('image', file, file.name)
  const answer = await fetch('api/upload/image', { method: 'POST', body })
  const told: unknown = await answer.json().catch(() => null)
  if (!answer.ok) throw refusal(told, answer.status)
  const { name, subfolder } = told as { name: string; subfolder: string }
  return subfolder === '' ? name : `${subfolder}/${name}`
}
