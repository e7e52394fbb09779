import { describe, expect, it } from 'vitest'
import type { NodeEvent } from '../../../src/api/events'
import { after, WAITING, type NodeRun } from '../../../src/run/progress'

const at = { job: 'j', at: 5, node: '7', drawn: '7' }
const started: NodeEvent = {
  ...at,
  event: 'node_started',
  calls: 1,
  reason: 'text changed',
  engine: 'synth',
  seconds_left: 4,
}

function told(...events: NodeEvent[]): NodeRun {
  return events.reduce(after, WAITING)
}

describe('a node that was drawn', () => {
  it('runs with its engine and why', () => {
    expect(told(started)).toEqual({
      ...WAITING,
      status: 'running',
      since: 5,
      reason: 'text changed',
      engine: 'synth',
      secondsLeft: 4,
    })
  })

  it('keeps its last preview while progress brings none', () => {
    const preview = { kind: 'text', text: 'so far' } as const
    const run = told(
      started,
      { ...at, event: 'node_progress', done: 1, total: 4, seconds_left: 3, preview },
      { ...at, event: 'node_progress', done: 2, total: 4, seconds_left: 2, preview: null },
    )
    expect(run).toMatchObject({ progress: 0.5, secondsLeft: 2, preview })
  })

  it('has no progress to show when the total is unknown', () => {
    const run = told(started, {
      ...at,
      event: 'node_progress',
      done: 3,
      total: 0,
      seconds_left: null,
      preview: null,
    })
    expect(run.progress).toBeNull()
  })

  it('ends with what it showed and drops the preview', () => {
    const run = told(
      started,
      {
        ...at,
        event: 'node_progress',
        done: 1,
        total: 2,
        seconds_left: 1,
        preview: { kind: 'text', text: 'x' },
      },
      { ...at, event: 'node_done', ui: { audio: [{ filename: 'a.flac' }] }, seconds: 2.5 },
    )
    expect(run).toMatchObject({
      status: 'done',
      seconds: 2.5,
      preview: null,
      engine: 'synth',
      output: { audio: [{ filename: 'a.flac' }] },
    })
  })

  it('tells what failed and at which input', () => {
    const run = told(started, {
      ...at,
      event: 'node_failed',
      code: 'bad_input',
      message: 'no sound',
      input: 'audio',
    })
    expect(run.status).toBe('failed')
    expect(run.error).toEqual({ code: 'bad_input', message: 'no sound', input: 'audio', traceback: [] })
  })
})

describe('a node of an expansion', () => {
  const inner = { ...at, node: '7.0.1' }

  it('keeps the drawn node at work until the last has ended', () => {
    const first: NodeEvent = {
      ...inner,
      event: 'node_started',
      calls: 1,
      reason: '',
      engine: '',
      seconds_left: null,
    }
    const second: NodeEvent = { ...first, node: '7.0.2' }
    const running = told(started, first, second, { ...inner, event: 'node_done', ui: null, seconds: 1 })
    expect(running.status).toBe('running')
    const done = after(running, { ...inner, node: '7.0.2', event: 'node_done', ui: null, seconds: 1 })
    expect(done).toMatchObject({ status: 'done', inner: { running: 0, ended: 2 } })
  })

  it('shows what it makes on the node that was drawn', () => {
    const preview = { kind: 'sound', seconds: 2, peaks: [], url: '/a' } as const
    const steps = { ...inner, event: 'node_progress', done: 1, total: 1, seconds_left: null } as const
    const run = told(started, { ...steps, preview }, { ...steps, preview: null })
    expect(run).toMatchObject({ status: 'running', preview })
  })

  it('fails the drawn node when it fails', () => {
    const run = told(started, { ...inner, event: 'node_failed', code: 'error', message: 'no', input: null })
    expect(run.status).toBe('failed')
  })
})
