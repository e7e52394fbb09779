import { expect, test } from 'vitest'
import { along, curveOf, distance, pieceAt, svgOf } from '../../../src/view/curve'
import { minimapOf, fromMap, onMap } from '../../../src/view/minimap'
import { firstOf, neighbour } from '../../../src/view/neighbours'
import { lightness, mixed, palette, readable } from '../../../src/view/palette'
import { shapeOf } from '../../../src/view/shapes'
import { sceneOf } from './graph'

test('a line begins at its output and ends at its input, over its bends', () => {
  const curve = curveOf([
    { x: 0, y: 0 },
    { x: 100, y: 50 },
    { x: 300, y: 0 },
  ])
  expect(along(curve, 0)).toEqual({ x: 0, y: 0 })
  expect(along(curve, 0.5).y).toBeCloseTo(50)
  expect(along(curve, 1).x).toBeCloseTo(300)
  expect(distance(curve, { x: 100, y: 50 })).toBeCloseTo(0)
  expect(pieceAt(curve, { x: 250, y: 5 })).toBe(1)
  expect(svgOf(curve)).toMatch(/^M0 0C/)
})

test('the arrow keys find the node that lies that way', () => {
  const scene = sceneOf()
  expect(neighbour(scene, '1', 'right')).toBe('2')
  expect(neighbour(scene, '3', 'down')).toBe('4')
  expect(neighbour(scene, '3', 'left')).toBe('2')
  expect(neighbour(scene, '1', 'left')).toBeUndefined()
  expect(firstOf(scene, scene.graph.nodes.keys())).toBe('1')
})

test('a place on the map is the same place in the graph', () => {
  const scene = sceneOf()
  const map = minimapOf(
    scene,
    { x: 0, y: 0, zoom: 1 },
    { width: 800, height: 600 },
    { width: 180, height: 120 },
  )
  const spot = onMap(map, { x: 400, y: 100, width: 0, height: 0 })
  expect(fromMap(map, spot).x).toBeCloseTo(400)
  expect(spot.x).toBeGreaterThan(0)
  expect(spot.x).toBeLessThan(180)
})

const theme: Record<string, string> = {
  '--canvas': '#101010',
  '--surface': '#202020',
  '--type-AUDIO': '#ff8800',
  '--type-any': '#999999',
  '--category-audio': '#ff8800',
}
const dark = palette((name) => theme[name] ?? '')

test('types have the colours of the theme, unknown ones one of their own that stays', () => {
  expect(dark.type('AUDIO')).toBe('#ff8800')
  expect(dark.type('AUDIO,STRING')).toBe('#ff8800')
  expect(dark.type('*')).toBe('#999999')
  expect(dark.type('SOMEBODYS')).toMatch(/^#[0-9a-f]{6}$/)
  expect(dark.type('SOMEBODYS')).toBe(dark.type('SOMEBODYS'))
  expect(dark.type('SOMEBODYS')).not.toBe(dark.type('OTHERS'))
})

test('text on any colour can be read', () => {
  for (const color of ['#000000', '#223322', '#553333', '#888888', '#eeeeee', '#ffffff', '#3f789e']) {
    const [high, low] = [lightness(color), lightness(readable(color))].sort((a, b) => b - a) as [
      number,
      number,
    ]
    expect((high + 0.05) / (low + 0.05)).toBeGreaterThan(4.5)
  }
  expect(mixed(0.5, '#000', '#ffffff')).toBe('#808080')
})

test('shapes tell lists, plain values and anything from media', () => {
  expect([
    shapeOf('AUDIO', false),
    shapeOf('AUDIO', true),
    shapeOf('INT,FLOAT', false),
    shapeOf('*', false),
  ]).toEqual(['circle', 'square', 'diamond', 'ring'])
})
