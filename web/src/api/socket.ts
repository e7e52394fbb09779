/** The socket, which comes back by itself when it was cut off. */

import { pictureIn, type JobEvent, type PictureArrived } from './events'

export interface Hearing {
  /** An event of one of this client's jobs. */
  onevent(event: JobEvent): void
  onpicture(picture: PictureArrived): void
  /** The queue changed; this many jobs wait or run. */
  onqueue(remaining: number): void
  /** Whether the server is there. True comes each time it has come back: what was missed must be asked for. */
  onstate(open: boolean): void
}

export interface Link {
  close(): void
  /** Tries at once rather than when the wait is over. */
  retry(): void
}

const FIRST_WAIT = 300
const LONGEST_WAIT = 8_000

/** Connects as `client` and keeps connecting. `url` is the server's, with http or https. */
export function connect(url: string, client: string, hearing: Hearing, Kind = WebSocket): Link {
  const address = `${url.replace(/^http/, 'ws').replace(/\/$/, '')}/ws?clientId=${encodeURIComponent(client)}`
  let socket: WebSocket | null = null
  let wait = FIRST_WAIT
  let timer: ReturnType<typeof setTimeout> | undefined
  let closed = false

  function open(): void {
    clearTimeout(timer)
    socket = new Kind(address)
    socket.binaryType = 'arraybuffer'
    socket.onopen = () => {
      wait = FIRST_WAIT
      const flags = { supports_preview_metadata: true, patchbay_events: true }
      socket?.send(JSON.stringify({ type: 'feature_flags', data: flags }))
      hearing.onstate(true)
    }
    socket.onmessage = (message: MessageEvent<unknown>) => take(message.data, hearing)
    socket.onclose = lost
  }

  function lost(): void {
    socket = null
    if (closed) return
    hearing.onstate(false)
    // Not all pages at once when the server has come back.
    timer = setTimeout(open, wait * (0.75 + Math.random() / 2))
    wait = Math.min(wait * 2, LONGEST_WAIT)
  }

  open()
  return {
    close() {
      closed = true
      clearTimeout(timer)
      socket?.close()
    },
    retry() {
      if (socket === null && !closed) open()
    },
  }
}

function take(data: unknown, hearing: Hearing): void {
  if (data instanceof ArrayBuffer) {
    const arrived = pictureIn(data)
    if (arrived !== null) hearing.onpicture(arrived)
    return
  }
  if (typeof data !== 'string') return
  let message: { type?: unknown; data?: unknown }
  try {
    message = JSON.parse(data) as typeof message
  } catch {
    return
  }
  if (typeof message !== 'object' || message === null) return
  if (message.type === 'patchbay') hearing.onevent(message.data as JobEvent)
  if (message.type === 'status') {
    const status = message.data as { status?: { exec_info?: { queue_remaining?: unknown } } } | undefined
    const remaining = status?.status?.exec_info?.queue_remaining
    if (typeof remaining === 'number') hearing.onqueue(remaining)
  }
}
