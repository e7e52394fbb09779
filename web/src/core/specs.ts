/** What is known of each class of node, and which types go together. */

// what the server tells of nodes, by name only: no code comes with it
// eslint-disable-next-line no-restricted-imports
import type { components } from '../api/schema'
import type { Control, Node } from './document'
import type { Json } from './json'

export type Spec = components['schemas']['Node']
export type Port = components['schemas']['Input']
export type Output = components['schemas']['Output']
export type Widget = components['schemas']['Widget']
export type Engine = components['schemas']['Engine']

export class Specs {
  private readonly byName = new Map<string, Spec>()

  constructor(readonly all: readonly Spec[]) {
    for (const spec of all) {
      this.byName.set(spec.name, spec)
    }
    for (const spec of all) {
      for (const alias of spec.aliases) if (!this.byName.has(alias)) this.byName.set(alias, spec)
    }
  }

  /** The class, also by a name that it had before; undefined if it is not installed. */
  find(type: string): Spec | undefined {
    return this.byName.get(type)
  }

  port(type: string, input: string): Port | undefined {
    return this.find(type)?.inputs.find((port) => port.name === baseOf(input))
  }
}

/** The port of a further socket of a list: `tracks.2` belongs to `tracks`. */
export function baseOf(input: string): string {
  return /^(.+)\.\d+$/.exec(input)?.[1] ?? input
}

export const ANY = '*'

/** Whether an output of type `given` may be linked to an input of type `wanted`. */
export function fits(given: string, wanted: string): boolean {
  if (given === wanted || given === ANY || wanted === ANY || given === '' || wanted === '') return true
  const offered = given.split(',').map((part) => part.trim())
  const accepted = new Set(wanted.split(',').map((part) => part.trim()))
  if (accepted.has('FLOAT')) accepted.add('INT')
  if (accepted.has('COMBO') || accepted.has('STRING')) accepted.add('COMBO').add('STRING')
  return accepted.has(ANY) || offered.some((part) => part === ANY || accepted.has(part))
}

/** What a widget starts with. */
export function initial(port: Port): Json {
  if (port.default !== null && port.default !== undefined) return port.default as Json
  const widget = port.widget
  switch (widget?.kind) {
    case 'choice':
      return widget.choices[0] ?? ''
    case 'number':
    case 'slider':
    case 'seed':
      return widget.min !== null && widget.min > 0 ? widget.min : 0
    case 'toggle':
      return false
    case 'text':
      return ''
    default:
      return null
  }
}

/** The value that an input has now, whether it was set or is the default. */
export function effective(node: Node, port: Port): Json {
  return Object.hasOwn(node.values, port.name) ? (node.values[port.name] as Json) : initial(port)
}

export function controlOf(node: Node, port: Port): Control {
  return node.controls[port.name] ?? 'fixed'
}
