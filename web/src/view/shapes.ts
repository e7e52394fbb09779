/** What a socket looks like: the shape tells a list, a plain value or anything from a medium. */

export type Shape = 'circle' | 'diamond' | 'square' | 'ring'

const PLAIN: ReadonlySet<string> = new Set(['INT', 'FLOAT', 'BOOLEAN', 'STRING', 'COMBO'])

export function shapeOf(type: string, many: boolean): Shape {
  if (many) return 'square'
  if (type === '*' || type === '') return 'ring'
  return type.split(',').every((part) => PLAIN.has(part.trim())) ? 'diamond' : 'circle'
}
