/** Whole sounds as samples, for what cannot be done on a stream: exact loops, spectra, levels. */

import { bytesOf, MediaFailure } from './failure'

// Stereo at 48 kHz takes 23 MB a minute.
export const LONGEST_SECONDS = 600
const KEPT = 2

export class Decoder {
  private readonly kept = new Map<string, Promise<AudioBuffer>>()

  constructor(private readonly context: () => BaseAudioContext) {}

  /** The sound at an address; the last two are kept. Throws MediaFailure. */
  decode(url: string, seconds: number): Promise<AudioBuffer> {
    if (seconds > LONGEST_SECONDS) return Promise.reject(new MediaFailure('too large'))
    const known = this.kept.get(url)
    if (known !== undefined) return known
    const found = this.read(url)
    this.kept.set(url, found)
    found.catch(() => this.kept.delete(url))
    for (const oldest of this.kept.keys()) {
      if (this.kept.size <= KEPT) break
      this.kept.delete(oldest)
    }
    return found
  }

  private async read(url: string): Promise<AudioBuffer> {
    const bytes = await bytesOf(url)
    try {
      return await this.context().decodeAudioData(bytes)
    } catch {
      throw new MediaFailure('unreadable')
    }
  }
}

/** Decodes without a person's gesture: no sound leaves an offline context. 48 kHz loses nothing heard. */
export const decoder = new Decoder(() => new OfflineAudioContext(2, 1, 48_000))
