import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { pictureIn } from '../../../src/api/events'
import { connect, type Hearing } from '../../../src/api/socket'

class Wire {
  static all: Wire[] = []
  binaryType = ''
  sent: string[] = []
  onopen?: () => void
  onclose?: () => void
  onmessage?: (message: { data: unknown }) => void
  constructor(readonly url: string) {
    Wire.all.push(this)
  }
  send(text: string) {
    this.sent.push(text)
  }
  close() {
    this.onclose?.()
  }
}

function hearing() {
  return { onevent: vi.fn(), onpicture: vi.fn(), onqueue: vi.fn(), onstate: vi.fn() } satisfies Hearing
}

const last = () => Wire.all.at(-1) as Wire

beforeEach(() => {
  Wire.all = []
  vi.useFakeTimers()
})
afterEach(() => vi.useRealTimers())

describe('the socket', () => {
  it('says what it can read, under its name', () => {
    connect('http://127.0.0.1:8188/', 'a b', hearing(), Wire as unknown as typeof WebSocket)
    last().onopen?.()
    expect(last().url).toBe('ws://127.0.0.1:8188/ws?clientId=a%20b')
    expect(JSON.parse(last().sent[0] as string)).toEqual({
      type: 'feature_flags',
      data: { supports_preview_metadata: true, patchbay_events: true },
    })
  })

  it('comes back, waiting longer each time, and tells so', () => {
    const told = hearing()
    connect('http://x', 'c', told, Wire as unknown as typeof WebSocket)
    last().onopen?.()
    for (const made of [2, 3, 4]) {
      last().onclose?.()
      vi.advanceTimersByTime(10_000)
      expect(Wire.all).toHaveLength(made)
    }
    last().onopen?.()
    expect(told.onstate.mock.calls.map(([open]) => open)).toEqual([true, false, false, false, true])
  })

  it('stays closed once closed', () => {
    const told = hearing()
    const link = connect('http://x', 'c', told, Wire as unknown as typeof WebSocket)
    link.close()
    vi.advanceTimersByTime(60_000)
    expect(Wire.all).toHaveLength(1)
    expect(told.onstate).not.toHaveBeenCalled()
  })

  it('passes on events and the length of the queue, and survives garbage', () => {
    const told = hearing()
    connect('http://x', 'c', told, Wire as unknown as typeof WebSocket)
    for (const data of ['{', '[]', '7', 'null', '{"type":"status","data":{}}', new ArrayBuffer(3)])
      last().onmessage?.({ data })
    last().onmessage?.({ data: JSON.stringify({ type: 'patchbay', data: { event: 'started' } }) })
    last().onmessage?.({
      data: JSON.stringify({ type: 'status', data: { status: { exec_info: { queue_remaining: 3 } } } }),
    })
    expect(told.onevent.mock.calls).toEqual([[{ event: 'started' }]])
    expect(told.onqueue.mock.calls).toEqual([[3]])
    expect(told.onpicture).not.toHaveBeenCalled()
  })
})

describe('a picture in a frame', () => {
  function frame(kind: number, facts: string, bytes: number[]): ArrayBuffer {
    const text = new TextEncoder().encode(facts)
    const made = new Uint8Array(8 + text.length + bytes.length)
    const view = new DataView(made.buffer)
    view.setUint32(0, kind)
    view.setUint32(4, text.length)
    made.set(text, 8)
    made.set(bytes, 8 + text.length)
    return made.buffer
  }

  it('is read with the node that it belongs to', async () => {
    const facts = JSON.stringify({
      prompt_id: 'j',
      node_id: '7.1',
      display_node_id: '7',
      image_type: 'image/png',
    })
    const found = pictureIn(frame(4, facts, [1, 2, 3]))
    expect(found).toMatchObject({ job: 'j', drawn: '7' })
    expect(found?.picture.type).toBe('image/png')
    expect([...new Uint8Array((await found?.picture.arrayBuffer()) as ArrayBuffer)]).toEqual([1, 2, 3])
  })

  it('is none in other or broken frames', () => {
    expect(pictureIn(frame(1, '{}', []))).toBeNull()
    expect(pictureIn(frame(4, '{', []))).toBeNull()
    const long = new ArrayBuffer(8)
    new DataView(long).setUint32(0, 4)
    new DataView(long).setUint32(4, 4_000_000_000)
    expect(pictureIn(long)).toBeNull()
  })
})
