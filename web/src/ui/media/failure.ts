/** Why something could not be loaded: asked of the server, as media elements do not say. */

export type Failure = 'gone' | 'silent' | 'unreadable' | 'too large'

export async function failureOf(url: string, signal?: AbortSignal): Promise<Failure> {
  if (url.startsWith('blob:') || url.startsWith('data:')) return 'unreadable'
  try {
    // One byte, not HEAD: every route that gives a file knows ranges.
    const answer = await fetch(url, { headers: { Range: 'bytes=0-0' }, signal: signal ?? null })
    await answer.body?.cancel()
    if (answer.status === 404 || answer.status === 410) return 'gone'
    return 'unreadable'
  } catch {
    return 'silent'
  }
}

export class MediaFailure extends Error {
  constructor(readonly failure: Failure) {
    super(failure)
  }
}

/** The bytes of a file. Throws MediaFailure. */
export async function bytesOf(url: string, signal?: AbortSignal): Promise<ArrayBuffer> {
  return (await answered(url, signal)).arrayBuffer()
}

/** An answer in JSON. Throws MediaFailure. */
export async function jsonOf<T>(url: string, signal?: AbortSignal): Promise<T> {
  return (await (await answered(url, signal)).json()) as T
}

async function answered(url: string, signal?: AbortSignal): Promise<Response> {
  let answer: Response
  try {
    answer = await fetch(url, { signal: signal ?? null })
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error
    throw new MediaFailure('silent')
  }
  if (answer.ok) return answer
  throw new MediaFailure(answer.status === 404 || answer.status === 410 ? 'gone' : 'unreadable')
}
