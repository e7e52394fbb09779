/** What is heard: whether something plays, and whether it is more than silence. */

import { expect } from 'vitest'
import type { Desk } from './desk'

/** The addresses of what has played on the page, with how far it is. */
export async function playing(desk: Desk): Promise<{ url: string; seconds: number }[]> {
  return desk.page.evaluate(() =>
    [...(window as unknown as { played: Set<HTMLMediaElement> }).played]
      .filter((element) => !element.paused)
      .map((element) => ({ url: element.currentSrc, seconds: element.currentTime })),
  )
}

/** Waits until one thing plays, and plays on; its address. */
export async function heardPlaying(desk: Desk): Promise<string> {
  await expect.poll(async () => (await playing(desk)).length).toBe(1)
  const [first] = await playing(desk)
  const from = first?.seconds ?? 0
  await expect.poll(async () => (await playing(desk))[0]?.seconds ?? 0).toBeGreaterThan(from + 0.2)
  return first?.url ?? ''
}

export interface Measured {
  readonly seconds: number
  /** Root mean square over all samples and channels, of full scale. */
  readonly rms: number
}

/** Decodes a sound as the browser does. */
export async function measured(desk: Desk, url: string): Promise<Measured> {
  return desk.page.evaluate(async (url) => {
    const data = await (await fetch(url)).arrayBuffer()
    const sound = await new OfflineAudioContext(2, 1, 48_000).decodeAudioData(data)
    let sum = 0
    for (let channel = 0; channel < sound.numberOfChannels; channel += 1) {
      for (const sample of sound.getChannelData(channel)) sum += sample * sample
    }
    return { seconds: sound.duration, rms: Math.sqrt(sum / sound.length / sound.numberOfChannels) }
  }, url)
}
