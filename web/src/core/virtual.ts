/** The nodes that only the editor knows, described as others are. */

import { MARKDOWN, NOTE, PRIMITIVE, REROUTE } from './document'
import { ANY, type Output, type Port, type Spec, type Widget } from './specs'

export function widgetOf(kind: string, more: Partial<Widget> = {}): Widget {
  const plain = {
    min: null,
    max: null,
    step: null,
    unit: '',
    choices: [],
    multiline: false,
    placeholder: '',
    accept: [],
  }
  return { kind, ...plain, ...more }
}

export function portOf(name: string, type: string, more: Partial<Port> = {}): Port {
  const plain = { doc: '', required: false, lazy: false, many: false, default: null, form: 'value' as const }
  return { name, type, ...plain, widget: null, item: null, ...more }
}

export function outputOf(name: string, type: string): Output {
  return { name, type, doc: '', many: false }
}

const UNKNOWN: Spec = {
  name: '',
  title: '',
  category: '',
  pack: '',
  summary: '',
  sink: false,
  deprecated: '',
  doc: '',
  version: '',
  aliases: [],
  inputs: [],
  outputs: [],
  engines: [],
  engine_input: null,
  renamed: {},
  keywords: false,
  pure: true,
  expands: false,
  resource: 'inline',
}

/** A description with only inputs and outputs, as subgraphs and the editor's own nodes have. */
export function pseudoSpec(name: string, title: string, inputs: Port[], outputs: Output[]): Spec {
  return { ...UNKNOWN, name, title, inputs, outputs }
}

const TEXT = portOf('text', 'STRING', { widget: widgetOf('text', { multiline: true }) })

export const VIRTUAL_SPECS: ReadonlyMap<string, Spec> = new Map(
  [
    pseudoSpec(NOTE, NOTE, [TEXT], []),
    pseudoSpec(MARKDOWN, 'Markdown note', [TEXT], []),
    pseudoSpec(REROUTE, REROUTE, [portOf('', ANY)], [outputOf('', ANY)]),
    pseudoSpec(PRIMITIVE, 'Primitive', [], [outputOf('value', ANY)]),
  ].map((spec) => [spec.name, spec]),
)
