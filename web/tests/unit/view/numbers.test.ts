import { expect, test } from 'vitest'
import { portOf, widgetOf } from '../../../src/core/virtual'
import { factorOf, faultOf, fitted, rangeOf, typed, written } from '../../../src/ui/widgets/number'
import { matching, optionsOf } from '../../../src/ui/widgets/options'

const gain = rangeOf(
  portOf('gain', 'FLOAT', { widget: widgetOf('number', { min: -60, max: 12, step: 0.1 }) }),
)
const count = rangeOf(portOf('count', 'INT', { widget: widgetOf('number', { min: 1, max: 9 }) }))

test('steps leave no dust of binary fractions and stay in the range', () => {
  expect(fitted(0.1 + 0.2, gain)).toBe(0.3)
  expect(fitted(40, gain)).toBe(12)
  expect(fitted(3.4, count)).toBe(3)
  expect(fitted(0.123, gain, 0.1)).toBe(0.12)
})

test('a typed number may have a comma, and words are none', () => {
  expect(typed(' 1,5 ')).toBe(1.5)
  expect(typed("48'000")).toBe(48000)
  expect(typed('-2e3')).toBe(-2000)
  expect(typed('loud')).toBeNull()
  expect(typed('')).toBeNull()
})

test('what is out of range is told, not changed', () => {
  expect(faultOf(13, gain)).toBe('above')
  expect(faultOf(-61, gain)).toBe('below')
  expect(faultOf(2.5, count)).toBe('whole')
  expect(faultOf('x', count)).toBe('not')
  expect(faultOf(2, count)).toBeNull()
})

test('Shift steps ten times, Alt a tenth', () => {
  expect(factorOf({ shiftKey: true, altKey: false })).toBe(10)
  expect(factorOf({ shiftKey: false, altKey: true })).toBe(0.1)
  expect(written(0.30000000000000004)).toBe('0.3')
})

test('engines that cannot work are listed with what they lack', () => {
  const port = portOf('engine', 'COMBO', { widget: widgetOf('choice', { choices: ['auto', 'synth'] }) })
  const engine = {
    node: '',
    doc: 'by a model',
    licence: '',
    commercial: true,
    cost: '',
    needs: 'torch',
    source: '',
    revision: '',
  }
  const options = optionsOf(port, [
    { ...engine, name: 'synth', available: true, missing: null },
    { ...engine, name: 'musicgen', available: false, missing: 'torch is not installed' },
  ])
  expect(options.map(({ value, missing }) => [value, missing])).toEqual([
    ['auto', ''],
    ['synth', ''],
    ['musicgen', 'torch is not installed'],
  ])
  expect(matching(options, 'muscgen').map(({ value }) => value)).toEqual(['musicgen'])
  expect(matching(options, '')).toHaveLength(3)
})
