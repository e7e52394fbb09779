/** What changes around a canvas: its size, and the colours of the page. */

import type { Size } from '../../core/document'

export interface Surroundings {
  readonly resized: (size: Size) => void
  readonly themed: () => void
}

export function watchSurroundings(host: HTMLElement, { resized, themed }: Surroundings): () => void {
  const sizes = new ResizeObserver(([entry]) => {
    if (entry !== undefined) resized({ width: entry.contentRect.width, height: entry.contentRect.height })
  })
  sizes.observe(host)
  const theme = new MutationObserver(themed)
  theme.observe(document.documentElement, {
    attributes: true,
    attributeFilter: ['data-theme', 'class', 'style'],
  })
  const dark = matchMedia('(prefers-color-scheme: dark)')
  dark.addEventListener('change', themed)
  return () => {
    sizes.disconnect()
    theme.disconnect()
    dark.removeEventListener('change', themed)
  }
}
