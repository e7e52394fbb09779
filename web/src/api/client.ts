/** Patchbay's own API, typed by what the server says of itself. */

import createClient, { type Client as Fetching } from 'openapi-fetch'
import type { components, paths } from './schema'

export type Schemas = components['schemas']
// In what the server gives, every field is there.
export type Job = Required<Schemas['Job']>
export type JobSummary = Required<Schemas['JobSummary']>
export type File = Required<Schemas['File']>
export type QueueState = Schemas['QueueState']
export type Problem = Schemas['Problem']

/** A refusal by the server, or its silence, as a sentence. */
export class ApiError extends Error {
  constructor(
    readonly code: string,
    message: string,
    readonly status: number,
    /** All that is wrong with a graph. */
    readonly problems: readonly Problem[] = [],
  ) {
    super(message)
  }

  /** Whether nobody answered: the server is gone, or the network. */
  get gone(): boolean {
    return this.status === 0
  }
}

export type Api = Fetching<paths>

/** A client of the server at `base`, such as the page's own. */
export function makeApi(base: string, request: typeof fetch = fetch): Api {
  return createClient<paths>({ baseUrl: base, fetch: (given) => request(given) })
}

interface Answer<T> {
  data?: T
  error?: unknown
  response: Response
}

/** What a call gave. Throws ApiError. */
export async function asked<T>(call: Promise<Answer<T>>): Promise<T> {
  let answer: Answer<T>
  try {
    answer = await call
  } catch (error) {
    if (error instanceof DOMException && error.name === 'AbortError') throw error
    throw new ApiError('gone', 'the server does not answer', 0)
  }
  if (answer.response.ok) return answer.data as T
  throw refusal(answer.error, answer.response.status)
}

/** The error in an answer's body, whatever stands there. */
export function refusal(body: unknown, status: number): ApiError {
  const given = body as
    { error?: { type?: unknown; message?: unknown }; problems?: unknown } | null | undefined
  const { type, message } = given?.error ?? {}
  const problems = Array.isArray(given?.problems) ? (given.problems as Problem[]) : []
  const words = typeof message === 'string' && message ? message : `the server answered ${status}`
  return new ApiError(typeof type === 'string' ? type : 'error', words, status, problems)
}
