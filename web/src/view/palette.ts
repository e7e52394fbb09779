/** The colours that are drawn with, read once from the page's theme. */

export interface Palette {
  readonly canvas: string
  readonly grid: string
  readonly surface: string
  readonly surface2: string
  readonly line: string
  readonly lineStrong: string
  readonly text: string
  readonly text2: string
  readonly accent: string
  readonly ok: string
  readonly warn: string
  readonly bad: string
  readonly font: string
  readonly dark: boolean
  /** Of a socket or link; of a union the first member's. */
  type(name: string): string
  /** Of a category such as `audio/level`: that of its first word. */
  category(name: string): string
  /** What a card's head is painted with: its own colour, or a breath of its category's. */
  head(own: string, category: string): string
  /** So much, in hundredths, of the first colour over the second. */
  mix(percent: number, over: string, under: string): string
  /** Black or white, whichever is easier to read on this. */
  on(background: string): string
}

type Read = (property: string) => string

/** The theme that holds at an element. Read it again when the theme changes. */
export function paletteOf(element: Element): Palette {
  const style = getComputedStyle(element)
  return palette((property) => style.getPropertyValue(property).trim(), style.getPropertyValue('font-family'))
}

export function palette(read: Read, family = 'sans-serif'): Palette {
  const color = remembered((name: string) => read(`--${name}`) || '#888888')
  const dark = lightness(color('canvas')) < 0.5
  const named = remembered((key: string) => read(`--${key}`) || ofName(key, dark))
  const category = remembered((name) =>
    name === '' ? color('type-any') : named(`category-${name.split('/')[0] ?? ''}`),
  )
  const heads = remembered((name) => mixed(dark ? 0.2 : 0.12, category(name), color('surface')))
  const mixes = remembered(mixOf)
  return {
    canvas: color('canvas'),
    grid: color('grid'),
    surface: color('surface'),
    surface2: color('surface-2'),
    line: color('line'),
    lineStrong: color('line-strong'),
    text: color('text'),
    text2: color('text-2'),
    accent: color('accent'),
    ok: color('ok'),
    warn: color('warn'),
    bad: color('bad'),
    font: family,
    dark,
    type: remembered((name) =>
      name === '' || name === '*' ? color('type-any') : named(`type-${firstOf(name)}`),
    ),
    category,
    head: (own, name) => own || heads(name),
    mix: (percent, over, under) => mixes(`${percent} ${over} ${under}`),
    on: remembered(readable),
  }
}

function mixOf(key: string): string {
  const [percent = '50', over = '', under = ''] = key.split(' ')
  return mixed(Number(percent) / 100, over, under)
}

function firstOf(type: string): string {
  return type.split(',')[0]?.trim() ?? type
}

function remembered(make: (key: string) => string): (key: string) => string {
  const made = new Map<string, string>()
  return (key) => {
    const known = made.get(key)
    if (known !== undefined) return known
    const value = make(key)
    made.set(key, value)
    return value
  }
}

/** A colour for a name that the theme does not know: always the same, readable on the surface. */
function ofName(name: string, dark: boolean): string {
  let hash = 7
  for (const letter of name) hash = (hash * 31 + (letter.codePointAt(0) ?? 0)) >>> 0
  return ofHue(hash % 360, dark ? 0.7 : 0.42)
}

function ofHue(hue: number, light: number): string {
  const chroma = 0.5 * Math.min(light, 1 - light)
  const part = (offset: number): string => {
    const k = (offset + hue / 30) % 12
    const value = light - chroma * Math.max(-1, Math.min(k - 3, 9 - k, 1))
    return Math.round(value * 255)
      .toString(16)
      .padStart(2, '0')
  }
  return `#${part(0)}${part(8)}${part(4)}`
}

type Rgb = readonly [number, number, number]

/** The parts of `#rgb` or `#rrggbb`; a middle grey for what is neither. */
export function rgbOf(color: string): Rgb {
  const short = /^#([0-9a-f])([0-9a-f])([0-9a-f])$/i.exec(color)
  const long = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})/i.exec(color)
  const parts = short?.slice(1, 4).map((part) => part + part) ?? long?.slice(1, 4) ?? ['88', '88', '88']
  return parts.map((part) => Number.parseInt(part, 16)) as unknown as Rgb
}

/** So much of the first colour over the second. */
export function mixed(share: number, over: string, under: string): string {
  const [a, b] = [rgbOf(over), rgbOf(under)]
  const parts = a.map((part, index) => Math.round(part * share + (b[index] ?? 0) * (1 - share)))
  return `#${parts.map((part) => part.toString(16).padStart(2, '0')).join('')}`
}

/** 0 black to 1 white, as WCAG 2.2 has relative luminance. */
export function lightness(color: string): number {
  const [r, g, b] = rgbOf(color).map((part) => {
    const share = part / 255
    return share <= 0.04045 ? share / 12.92 : ((share + 0.055) / 1.055) ** 2.4
  }) as unknown as Rgb
  return 0.2126 * r + 0.7152 * g + 0.0722 * b
}

/** WCAG asks for this between small text and its ground. */
const LEAST_CONTRAST = 4.5

/** Nearly black or nearly white, or quite so on middle tones: what can be read on this. */
export function readable(background: string): string {
  const soft = ['#14161a', '#f6f7f9'].find((ink) => contrast(ink, background) >= LEAST_CONTRAST + 1)
  return soft ?? (contrast('#000000', background) > contrast('#ffffff', background) ? '#000000' : '#ffffff')
}

function contrast(a: string, b: string): number {
  const [first, second] = [lightness(a), lightness(b)]
  return (Math.max(first, second) + 0.05) / (Math.min(first, second) + 0.05)
}
