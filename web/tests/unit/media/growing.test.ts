import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { Growth, type Load } from '../../../src/ui/media/growth.svelte'
import { Growths } from '../../../src/ui/media/growths'
import {
  begun,
  fades,
  followed,
  heard,
  isDry,
  JOIN_SECONDS,
  LEAD_SECONDS,
  nextFrom,
  onGrid,
  type Line,
} from '../../../src/ui/media/joining'
import { Stage } from '../../../src/ui/media/stage.svelte'
import type { Track } from '../../../src/ui/media/track.svelte'

const line: Line = { position: 10, time: 100, end: 20 }

const RATE_HZ = 44_100

describe('pieces of a sound', () => {
  it('begin as soon as can be, on a whole frame', () => {
    const { when, rise, line } = begun(10, 8, 100.123456, RATE_HZ)
    expect(when * RATE_HZ).toBeCloseTo(Math.ceil((100.123456 + LEAD_SECONDS) * RATE_HZ), 5)
    expect(rise).toBe(when)
    expect(line).toEqual({ position: 10, time: when, end: 18 })
  })

  it('begin on whole frames of the file and of the loudspeaker alike', () => {
    for (const rateHz of [8_000, 11_025, 22_050, 32_000, 44_100, 48_000, 96_000]) {
      const frames = onGrid(1234.567) * rateHz
      expect(frames).toBeCloseTo(Math.round(frames), 4)
    }
    expect(onGrid(0.12)).toBeCloseTo(0.12, 12)
    expect(onGrid(-1)).toBe(0)
  })

  it('say what is heard, and when all was', () => {
    expect([99, 104, 200].map((now) => heard(line, now))).toEqual([10, 14, 20])
    expect([isDry(line, 109.9), isDry(line, 110)]).toEqual([false, true])
  })

  it('follow in their time, and the clock does not move', () => {
    const from = nextFrom(line)
    expect(from).toBeCloseTo(19.96, 9)
    const cue = followed(line, from, 5, 104, RATE_HZ)
    expect(cue?.when).toBeCloseTo(109.96, 9)
    expect(cue?.rise).toBeCloseTo(110 - JOIN_SECONDS, 9)
    expect(cue?.line).toEqual({ position: 10, time: 100, end: from + 5 })
  })

  it('that come too late for the crossfade wait for the end', () => {
    const cue = followed(line, nextFrom(line), 5, 109.97, RATE_HZ)
    expect(cue?.when).toBeCloseTo(110, 4)
    expect(cue?.line.position).toBeCloseTo(19.96, 9)
  })

  it('that come late leave nothing out', () => {
    const cue = followed(line, nextFrom(line), 5, 117, RATE_HZ)
    expect(cue?.when).toBeCloseTo(117 + LEAD_SECONDS, 4)
    expect(cue?.line).toMatchObject({ position: nextFrom(line), time: cue?.when })
  })

  it('are not taken if they bring nothing new, or leave a gap', () => {
    expect(followed(line, 15, 5, 104, RATE_HZ)).toBeNull()
    expect(followed(line, 20.5, 5, 104, RATE_HZ)).toBeNull()
  })

  it('add up to one where two are heard', () => {
    const from = nextFrom(line)
    const next = followed(line, from, 8, 104, RATE_HZ)
    if (next === null) throw new Error('it follows')
    const first = fades({ when: 100, rise: 100, line }, 10)
    const second = fades(next, 8)
    for (const share of [0, 0.25, 0.5, 1]) {
      const time = 110 - JOIN_SECONDS + share * JOIN_SECONDS
      expect(gainAt(first, time) + gainAt(second, time)).toBeCloseTo(1, 9)
    }
    expect(second.at(-1)).toEqual([next.when + 8, 0])
    expect(fades({ when: 0, rise: 0, line }, 0.01)).toEqual([
      [0, 0],
      [0.005, 1],
      [0.005, 1],
      [0.01, 0],
    ])
  })
})

function gainAt(points: readonly (readonly [number, number])[], time: number): number {
  const after = points.findIndex(([at]) => at > time + 1e-12)
  const [from, to] = [points[after - 1], points[after]]
  if (!from || !to) return points.at(-1)?.[1] ?? 0
  return from[1] + ((to[1] - from[1]) * (time - from[0])) / (to[0] - from[0])
}

interface Started {
  readonly when: number
  readonly length: number
}

class Part {
  readonly gain = {
    value: 1,
    setValueAtTime: () => undefined,
    linearRampToValueAtTime: () => undefined,
    cancelScheduledValues: () => undefined,
    setTargetAtTime: () => undefined,
  }
  fftSize = 0
  connect = (to: unknown) => to
  disconnect = () => undefined
}

/** An audio context whose time is told by the test. */
class Room {
  currentTime = 100
  sampleRate = RATE_HZ
  state = 'running'
  destination = new Part()
  readonly started: Started[] = []
  stopped = 0
  resume = () => Promise.resolve()
  createGain = () => new Part()
  createAnalyser = () => new Part()
  createChannelSplitter = () => new Part()
  createBufferSource = () =>
    Object.assign(new Part(), {
      buffer: { duration: 0 },
      onended: null,
      start(this: { buffer: { duration: number } }, when: number) {
        room.started.push({ when, length: this.buffer.duration })
      },
      stop: () => room.stopped++,
    })
}

let room = new Room()

describe('a growing sound', () => {
  /** What the server has of it. */
  let there = 0
  let asked: [number, number][] = []
  const load: Load = (_, from, seconds) => {
    asked.push([from, seconds])
    const duration = Math.min(there - from, seconds)
    return Promise.resolve(duration > 0 ? ({ duration } as AudioBuffer) : null)
  }

  function made(): Growth {
    const stage = new Stage()
    Object.assign(stage, { opened: room })
    return new Growth('/sound?take=1', 'so far', stage, load)
  }

  beforeEach(() => {
    vi.useFakeTimers()
    room = new Room()
    there = 0
    asked = []
  })
  afterEach(() => vi.useRealTimers())

  async function pass(seconds: number): Promise<void> {
    for (let passed = 0; passed < seconds; passed += 0.05) {
      room.currentTime += 0.05
      await vi.advanceTimersByTimeAsync(50)
    }
  }

  it('goes on beyond its first preview, without a seam', async () => {
    const growth = made()
    growth.grow((there = 4))
    await growth.play()
    expect(asked).toEqual([[0, 8]])
    await pass(2)
    growth.grow((there = 9))
    await pass(4)
    expect(asked[1]?.[0]).toBeCloseTo(3.96, 9)
    const [first, second] = room.started
    expect((second?.when ?? 0) - (first?.when ?? 0)).toBeCloseTo(3.96, 9)
    expect(growth.position).toBeGreaterThan(5.8)
    expect([growth.playing, growth.waiting]).toEqual([true, false])
  })

  it('waits where nothing more is there yet, and goes on from that very place', async () => {
    const growth = made()
    growth.grow((there = 1))
    await growth.play()
    await pass(3)
    expect([growth.position, growth.playing, growth.waiting]).toEqual([1, true, true])
    growth.grow((there = 5))
    await pass(0.5)
    expect(asked.at(-1)?.[0]).toBeCloseTo(0.96, 9)
    expect(growth.waiting).toBe(false)
    expect(growth.position).toBeGreaterThan(1.3)
    expect(growth.position).toBeLessThan(1.6)
  })

  it('takes what is left when its node has ended, and stops at its end', async () => {
    const growth = made()
    growth.grow((there = 3))
    await growth.play()
    there = 7 // it ended before anyone told of these seconds
    growth.finish()
    await pass(6)
    expect(growth.position).toBeGreaterThan(5.8)
    await pass(2)
    expect([growth.playing, growth.position]).toEqual([false, 7])
    const times = asked.length
    await pass(1)
    expect(asked.length).toBe(times)
  })

  it('asks for no more than one hears in two minutes', async () => {
    const growth = made()
    growth.grow((there = 3600))
    await growth.play()
    await pass(1)
    const reached = Math.max(...asked.map(([from, seconds]) => from + seconds))
    expect(reached).toBeGreaterThan(120)
    expect(reached).toBeLessThan(200)
  })

  it('goes to a place in what there is', async () => {
    const growth = made()
    growth.grow((there = 30))
    await growth.play()
    growth.seek(20)
    await pass(1)
    expect(asked.some(([from]) => from === 20)).toBe(true)
    expect(growth.position).toBeGreaterThan(20.5)
    growth.seek(99)
    expect(growth.position).toBe(30)
  })

  it('pauses, and goes on from there', async () => {
    const growth = made()
    growth.grow((there = 30))
    await growth.play()
    await pass(2)
    growth.pause()
    await pass(2)
    const at = growth.position
    expect(at).toBeLessThan(2.1)
    expect(room.stopped).toBeGreaterThan(0)
    await growth.play()
    await pass(1)
    expect(growth.position).toBeGreaterThan(at + 0.8)
    expect(growth.position).toBeLessThan(at + 1.1)
  })

  it('says so when the server does not answer', async () => {
    const stage = new Stage()
    Object.assign(stage, { opened: room })
    const growth = new Growth('/a?take=1', '', stage, () => Promise.reject(new Error('no')))
    growth.grow(4)
    await growth.play()
    expect([growth.playing, growth.failure]).toEqual([false, 'unreadable'])
  })

  it('is one for all its views, and heard to its end when they are gone', async () => {
    const growths = new Growths(made)
    const growth = growths.borrow('/sound?take=1', '')
    expect(growths.borrow('/sound?take=1', '')).toBe(growth)
    growth.grow((there = 2))
    await growth.play()
    growths.giveBack(growth)
    growths.giveBack(growth)
    await pass(1)
    expect(growth.playing).toBe(true)
    await pass(2)
    expect(growth.playing).toBe(false)
    expect(growths.borrow('/sound?take=1', '')).not.toBe(growth)
  })

  it('hands over to its file if it is heard, where it is', async () => {
    const growths = new Growths(made)
    const track = { seek: vi.fn(), play: vi.fn(() => Promise.resolve()) }
    const growth = growths.borrow('/sound?take=1', '')
    growths.handOver('/sound?take=1', track as unknown as Track)
    expect(track.play).not.toHaveBeenCalled()
    growth.grow((there = 9))
    await growth.play()
    await pass(3)
    growths.handOver('/sound?take=1', track as unknown as Track)
    expect(track.seek).toHaveBeenCalledWith(growth.position)
    expect(track.play).toHaveBeenCalledOnce()
  })
})
