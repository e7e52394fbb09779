/** Files made of nothing, so that the page needs no server and no recording: sounds, pictures, tiles. */

import { deflateSync } from 'node:zlib'

const RATE_HZ = 44_100

export type Wave = (seconds: number) => readonly number[]

export const SOUNDS: { readonly [name: string]: { readonly seconds: number; readonly wave: Wave } } = {
  // A sweep over eight octaves, louder in the middle, moving from left to right.
  sweep: {
    seconds: 8,
    wave: (at) => {
      const [low, octaves] = [60, 8]
      const phase = (2 * Math.PI * low * (2 ** ((octaves * at) / 8) - 1) * 8) / (octaves * Math.LN2)
      const tone = Math.sin(phase) * 0.7 * Math.sin((Math.PI * at) / 8)
      return [tone * (1 - at / 8), tone * (at / 8)]
    },
  },
  // Struck chords that ring out, over a beat.
  chords: {
    seconds: 12,
    wave: (at) => {
      const root = [220, 174.61, 261.63, 196][Math.floor(at / 3) % 4] ?? 220
      const ring = Math.exp(-2 * (at % 1.5))
      const chord = [1, 1.25, 1.5, 2.01].map((ratio) => Math.sin(2 * Math.PI * root * ratio * at))
      const kick = Math.sin(2 * Math.PI * 55 * (at % 0.75)) * Math.exp(-12 * (at % 0.75))
      const sum = 0.12 * ring * chord.reduce((a, b) => a + b, 0) + 0.35 * kick
      return [sum, 0.9 * sum]
    },
  },
  // The same, 9 dB quieter and duller: the other take of a comparison.
  quiet: {
    seconds: 12,
    wave: (at) => (SOUNDS.chords?.wave(at) ?? []).map((value) => value * 0.355),
  },
  // An hour of a slow pulse, to see that nothing is read whole.
  hour: {
    seconds: 3600,
    wave: (at) => [0.5 * Math.sin(2 * Math.PI * 110 * at) * (0.5 + 0.5 * Math.sin(at / 60))],
  },
}

/** Bytes `from` up to `to` of a sound as 16-bit WAV: only what is asked for is worked out. */
export function wav(name: string, from: number, to: number): Buffer {
  const sound = SOUNDS[name]
  if (!sound) return Buffer.alloc(0)
  const channels = sound.wave(0).length
  const frame = channels * 2
  const first = Math.max(0, Math.floor((from - 44) / frame))
  const last = Math.max(first, Math.ceil((to - 44) / frame))
  const data = Buffer.alloc((last - first) * frame)
  for (let at = first; at < last; at++) {
    sound.wave(at / RATE_HZ).forEach((value, channel) => {
      data.writeInt16LE(
        Math.round(Math.max(-1, Math.min(1, value)) * 32_767),
        (at - first) * frame + channel * 2,
      )
    })
  }
  const start = 44 + first * frame
  const head =
    from < 44 ? header(channels, Math.round(sound.seconds * RATE_HZ)).subarray(from, Math.min(44, to)) : null
  const body = data.subarray(Math.max(0, from - start), Math.max(0, to - start))
  return head ? Buffer.concat([head, body]) : body
}

export function sizeOf(name: string): number {
  const sound = SOUNDS[name]
  return sound ? 44 + Math.round(sound.seconds * RATE_HZ) * sound.wave(0).length * 2 : 0
}

function header(channels: number, frames: number): Buffer {
  const head = Buffer.alloc(44)
  const size = frames * channels * 2
  head.write('RIFF', 0)
  head.writeUInt32LE(36 + size, 4)
  head.write('WAVEfmt ', 8)
  head.writeUInt32LE(16, 16)
  head.writeUInt16LE(1, 20)
  head.writeUInt16LE(channels, 22)
  head.writeUInt32LE(RATE_HZ, 24)
  head.writeUInt32LE(RATE_HZ * channels * 2, 28)
  head.writeUInt16LE(channels * 2, 32)
  head.writeUInt16LE(16, 34)
  head.write('data', 36)
  head.writeUInt32LE(size, 40)
  return head
}

/** As the server's `/api/v1/peaks` answers. */
export function peaks(name: string, points: number): unknown {
  const sound = SOUNDS[name]
  if (!sound) return null
  const per = Math.min(400, Math.max(16, Math.floor((sound.seconds * RATE_HZ) / points)))
  const pairs = Array.from({ length: points }, (_, index) => {
    let [low, high] = [0, 0]
    for (let at = 0; at < per; at++) {
      const values = sound.wave(((index + at / per) * sound.seconds) / points)
      low = Math.min(low, ...values)
      high = Math.max(high, ...values)
    }
    return [low, high]
  })
  return { seconds: sound.seconds, rate_hz: RATE_HZ, channels: sound.wave(0).length, peaks: pairs }
}

type Colour = (x: number, y: number) => readonly [number, number, number]

/** Three pictures: hills with a sun, the same at dusk, and how far each point is away. */
export const PICTURES: { readonly [name: string]: Colour } = {
  day: (x, y) =>
    hills(x, y, [
      [150, 200, 235],
      [250, 225, 160],
      [70, 120, 80],
    ]),
  dusk: (x, y) =>
    hills(x, y, [
      [60, 50, 110],
      [240, 130, 90],
      [30, 40, 60],
    ]),
  depth: (x, y) => {
    const near = Math.round(60 + 195 * ridge(x, y))
    return [near, near, near]
  },
  rings: (x, y) => {
    const wave = Math.round(127 + 127 * Math.sin(((x - 0.5) ** 2 + (y - 0.5) ** 2) * 400))
    return [wave, 255 - wave, 180]
  },
}

function ridge(x: number, y: number): number {
  const hill = 0.5 + 0.2 * Math.sin(7 * x) + 0.12 * Math.cos(11 * x + 3 * y) + 0.1 * Math.sin(17 * y)
  return Math.max(0, Math.min(1, hill * y + 0.25 * Math.exp(-40 * ((x - 0.6) ** 2 + (y - 0.5) ** 2))))
}

function hills(x: number, y: number, [sky, sun, earth]: [Three, Three, Three]): Three {
  if (y > 0.55 + 0.1 * Math.sin(7 * x))
    return earth.map((part) => part * (0.6 + ridge(x, y) * 0.6)) as unknown as Three
  const glow = Math.exp(-18 * ((x - 0.68) ** 2 + (y - 0.35) ** 2))
  return sky.map((part, index) => part + ((sun[index] ?? 0) - part) * glow) as unknown as Three
}

type Three = readonly [number, number, number]

export function png(width: number, height: number, colour: Colour): Buffer {
  const rows = Buffer.alloc(height * (1 + width * 3))
  for (let y = 0; y < height; y++) {
    for (let x = 0; x < width; x++) {
      const at = y * (1 + width * 3) + 1 + x * 3
      colour(x / width, y / height).forEach(
        (part, index) => (rows[at + index] = Math.max(0, Math.min(255, part))),
      )
    }
  }
  const head = Buffer.alloc(13)
  head.writeUInt32BE(width, 0)
  head.writeUInt32BE(height, 4)
  head.set([8, 2, 0, 0, 0], 8)
  const signature = Buffer.from([137, 80, 78, 71, 13, 10, 26, 10])
  return Buffer.concat([
    signature,
    chunk('IHDR', head),
    chunk('IDAT', deflateSync(rows)),
    chunk('IEND', Buffer.alloc(0)),
  ])
}

function chunk(name: string, data: Buffer): Buffer {
  const body = Buffer.concat([Buffer.from(name), data])
  const found = Buffer.alloc(8 + body.length)
  found.writeUInt32BE(data.length, 0)
  body.copy(found, 4)
  found.writeUInt32BE(crc(body), 4 + body.length)
  return found
}

function crc(data: Buffer): number {
  let sum = ~0
  for (const byte of data) {
    sum ^= byte
    for (let bit = 0; bit < 8; bit++) sum = sum & 1 ? (sum >>> 1) ^ 0xedb88320 : sum >>> 1
  }
  return ~sum >>> 0
}

/** A tile of a mural of `size` pixels: its level and place are written on it. */
export function tile(level: number, x: number, y: number, size: number, side: number): string {
  const last = Math.ceil(Math.log2(size / side))
  const across = Math.ceil(size / 2 ** (last - level))
  const [width, height] = [Math.min(side, across - x * side), Math.min(side, across - y * side)]
  const hue = Math.round((x * side * 360) / across)
  const light = Math.round(30 + (y * side * 45) / across)
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">
<rect width="100%" height="100%" fill="hsl(${hue} 45% ${light}%)" stroke="#0003"/>
<text x="50%" y="50%" fill="#fff" font-family="sans-serif" font-size="26" text-anchor="middle">${level}: ${x}, ${y}</text></svg>`
}
