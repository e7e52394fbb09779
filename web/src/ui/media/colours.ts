/** The theme's colours for what is painted: a canvas cannot read CSS by itself. */

export function token(element: Element, name: string): string {
  return getComputedStyle(element).getPropertyValue(name).trim()
}

/** Calls back whenever the page turns light or dark. */
export function onTheme(callback: () => void): () => void {
  const query = matchMedia('(prefers-color-scheme: dark)')
  query.addEventListener('change', callback)
  const observer = new MutationObserver(callback)
  observer.observe(document.documentElement, { attributes: true, attributeFilter: ['data-theme'] })
  return () => {
    query.removeEventListener('change', callback)
    observer.disconnect()
  }
}

export type Rgb = readonly [number, number, number]

/** `#rrggbb` as numbers. */
export function rgb(colour: string): Rgb {
  const found = /^#([\da-f]{2})([\da-f]{2})([\da-f]{2})$/i.exec(colour)
  return found
    ? ([1, 2, 3].map((group) => parseInt(found[group] ?? '0', 16)) as unknown as Rgb)
    : [128, 128, 128]
}

/** 256 colours that run evenly through these. */
export function ramp(stops: readonly Rgb[]): Uint8ClampedArray {
  const table = new Uint8ClampedArray(256 * 4)
  for (let index = 0; index < 256; index++) {
    const place = (index / 255) * (stops.length - 1)
    const [low, high] = [stops[Math.floor(place)], stops[Math.min(stops.length - 1, Math.floor(place) + 1)]]
    for (let part = 0; part < 3; part++) {
      const [from, to] = [low?.[part] ?? 0, high?.[part] ?? 0]
      table[index * 4 + part] = from + (to - from) * (place % 1)
    }
    table[index * 4 + 3] = 255
  }
  return table
}
