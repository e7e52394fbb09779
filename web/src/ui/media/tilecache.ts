/** Tiles that were fetched, the last used kept; few are asked for at once. */

export class TileCache {
  private readonly kept = new Map<string, HTMLImageElement>()
  private readonly failed = new Set<string>()
  private waiting: string[] = []
  private loading = 0

  constructor(
    private readonly onload: () => void,
    private readonly most = 400,
    private readonly atOnce = 6,
  ) {}

  /** The tile if it is there. */
  get(url: string): HTMLImageElement | null {
    const found = this.kept.get(url)
    if (!found?.complete) return null
    this.kept.delete(url)
    this.kept.set(url, found)
    return found
  }

  /** What is wanted now, the most urgent first; what was wanted before and is not any more is dropped. */
  want(urls: readonly string[]): void {
    this.waiting = urls.filter((url) => !this.kept.has(url) && !this.failed.has(url))
    this.next()
  }

  get broken(): boolean {
    return this.failed.size > 0 && this.kept.size === 0
  }

  clear(): void {
    this.kept.clear()
    this.failed.clear()
    this.waiting = []
  }

  private next(): void {
    while (this.loading < this.atOnce) {
      const url = this.waiting.shift()
      if (url === undefined) return
      this.load(url)
    }
  }

  private load(url: string): void {
    const image = new Image()
    this.kept.set(url, image)
    this.loading++
    const done = () => {
      this.loading--
      for (const oldest of this.kept.keys()) {
        if (this.kept.size <= this.most) break
        this.kept.delete(oldest)
      }
      this.onload()
      this.next()
    }
    image.onload = done
    image.onerror = () => {
      this.kept.delete(url)
      this.failed.add(url)
      done()
    }
    image.src = url
  }
}
