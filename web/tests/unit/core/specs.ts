/** Classes of nodes for the tests, as the server would describe them. */

import { Specs, type Spec } from '../../../src/core/specs'
import { outputOf, portOf, pseudoSpec, widgetOf } from '../../../src/core/virtual'

const NUMBER = widgetOf('number', { min: -100, max: 100 })
const SEED = widgetOf('seed', { min: 0, max: 1000 })

function spec(...parts: Parameters<typeof pseudoSpec>): Spec {
  return { ...pseudoSpec(...parts), pack: 'test' }
}

const AUDIO = portOf('audio', 'AUDIO', { required: true })

export const TONE = spec(
  'Tone',
  'Tone',
  [
    portOf('frequency', 'FLOAT', { widget: NUMBER, default: 44 }),
    portOf('seed', 'INT', { widget: SEED, default: 0 }),
  ],
  [outputOf('audio', 'AUDIO')],
)
export const GAIN = spec(
  'Gain',
  'Gain',
  [AUDIO, portOf('db', 'FLOAT', { widget: NUMBER, default: 0 })],
  [outputOf('audio', 'AUDIO')],
)
export const MIX = spec(
  'Mix',
  'Mix',
  [portOf('tracks', 'AUDIO', { many: true })],
  [outputOf('audio', 'AUDIO')],
)
export const SAY = spec(
  'Say',
  'Say it',
  [
    portOf('text', 'STRING', { widget: widgetOf('text', { multiline: true }) }),
    portOf('voice', 'COMBO', { widget: widgetOf('choice', { choices: ['bass', 'alto'] }) }),
  ],
  [outputOf('audio', 'AUDIO'), outputOf('words', 'STRING')],
)
export const SAVE = {
  ...spec(
    'Save',
    'Save sound',
    [AUDIO, portOf('name', 'STRING', { widget: widgetOf('text'), default: 'x' })],
    [],
  ),
  sink: true,
}
export const LOUDER = spec(
  'Louder',
  'Louder',
  [
    portOf('sound', 'AUDIO'),
    portOf('db', 'FLOAT', { widget: NUMBER }),
    portOf('hard', 'BOOLEAN', { widget: widgetOf('toggle') }),
  ],
  [outputOf('sound', 'AUDIO')],
)
export const ALL = [TONE, GAIN, MIX, SAY, SAVE, LOUDER]
export const SPECS = new Specs(ALL)
export const NONE = new Specs([])
