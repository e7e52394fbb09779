import { describe, expect, it } from 'vitest'
import type { Job } from '../../../src/api/client'
import { RunState } from '../../../src/run/run.svelte'

function state(): { run: RunState; frame: () => void } {
  const due: (() => void)[] = []
  const run = new RunState((callback) => due.push(callback))
  return { run, frame: () => due.splice(0).forEach((callback) => callback()) }
}

const node = (id: string) => ({ job: 'j', at: 1, node: id, drawn: id })

describe('what a run shows', () => {
  it('changes once per frame, however many events come', () => {
    const { run, frame } = state()
    run.watch('j')
    for (let n = 0; n < 1000; n += 1) {
      run.hear({
        ...node('1'),
        event: 'node_progress',
        done: n,
        total: 1000,
        seconds_left: null,
        preview: null,
      })
    }
    expect(run.nodes.size).toBe(0)
    frame()
    expect(run.nodes.get('1')?.progress).toBe(0.999)
  })

  it('ignores other jobs', () => {
    const { run, frame } = state()
    run.watch('other')
    run.hear({ ...node('1'), event: 'node_done', ui: null, seconds: 1 })
    frame()
    expect(run.nodes.size).toBe(0)
  })

  it('keeps what a node showed until it shows something new', () => {
    const { run, frame } = state()
    run.watch('j')
    run.hear({ ...node('1'), event: 'node_done', ui: { text: ['a'] }, seconds: 1 })
    frame()
    run.watch('k')
    expect(run.nodes.get('1')).toMatchObject({ status: 'waiting', output: { text: ['a'] } })
  })

  it('shows nothing at work after the end, although no end of a node was told', () => {
    const { run } = state()
    run.watch('j')
    run.hear({ job: 'j', at: 1, event: 'started', nodes: 2 })
    run.hear({ ...node('1'), event: 'node_started', calls: 1, reason: '', engine: '', seconds_left: null })
    run.hear({ job: 'j', at: 2, event: 'finished', status: 'cancelled', seconds: 1 })
    expect(run.nodes.size).toBe(0)
    expect(run.busy).toBe(false)
  })

  it('counts nodes that have ended', () => {
    const { run, frame } = state()
    run.watch('j')
    run.hear({ job: 'j', at: 1, event: 'started', nodes: 3 })
    run.hear({ ...node('1'), event: 'node_cached', ui: null })
    run.hear({ ...node('2'), event: 'node_done', ui: null, seconds: 1 })
    frame()
    expect([run.ended, run.wanted]).toEqual([2, 3])
  })

  it('takes over what the server knows', () => {
    const { run } = state()
    const job = {
      id: 'j',
      status: 'running',
      started: 3,
      seconds: null,
      cached: ['1'],
      executed: ['2'],
      skipped: [],
      engines: { '2': 'synth' },
      outputs: { '2': { audio: [{ filename: 'x' }] } },
      failure: null,
      progress: {
        done: 2,
        wanted: 4,
        running: [
          {
            node: '3',
            drawn: '3',
            class_type: 'A',
            since: 4,
            calls: 1,
            reason: 'r',
            engine: 'e',
            done: 1,
            total: 2,
            seconds_left: 9,
          },
        ],
      },
    } as unknown as Job
    run.restore(job)
    expect(run.nodes.get('1')?.status).toBe('cached')
    expect(run.nodes.get('2')).toMatchObject({
      status: 'done',
      engine: 'synth',
      output: { audio: [{ filename: 'x' }] },
    })
    expect(run.nodes.get('3')).toMatchObject({ status: 'running', progress: 0.5, secondsLeft: 9 })
    expect([run.ended, run.wanted]).toEqual([2, 4])
  })

  it('tells of an instance what the nodes in it do', () => {
    const { run, frame } = state()
    run.watch('j')
    run.hear({ ...node('7:1'), event: 'node_cached', ui: null })
    run.hear({
      ...node('7:2:1'),
      event: 'node_started',
      calls: 1,
      reason: '',
      engine: 'synth',
      seconds_left: null,
    })
    frame()
    expect([run.nodes.get('7')?.status, run.nodes.get('7:2')?.engine]).toEqual(['running', 'synth'])
    run.hear({ ...node('7:2:1'), event: 'node_done', ui: { text: ['x'] }, seconds: 2 })
    frame()
    expect(run.nodes.get('7')).toMatchObject({ status: 'done', seconds: 2, output: null })
    run.hear({ ...node('7:3'), event: 'node_failed', code: 'error', message: 'no', input: null })
    frame()
    expect([run.nodes.get('7')?.error?.message, run.nodes.get('7:2')?.status]).toEqual(['no', 'done'])
  })

  it('goes on with the jobs that were ordered meanwhile, one after the other', () => {
    const { run } = state()
    const wanted: string[] = []
    run.wants = (job) => wanted.push(job)
    run.follow('a', 'pending')
    run.follow('b', 'pending')
    run.follow('c', 'pending')
    run.hear({ job: 'a', at: 1, event: 'started', nodes: 1 })
    run.hear({ job: 'b', at: 1, event: 'finished', status: 'done', seconds: 1 })
    expect([run.job, run.status]).toEqual(['a', 'running'])
    run.hear({ job: 'a', at: 2, event: 'finished', status: 'done', seconds: 1 })
    expect([run.job, wanted]).toEqual(['b', ['b']])
    const over = { status: 'done', started: 1, seconds: 1, cached: [], executed: ['2'], skipped: [] }
    const rest = { engines: {}, outputs: { '2': { text: ['x'] } }, failure: null, progress: null }
    run.restore({ ...over, ...rest, id: 'b' } as unknown as Job)
    expect([run.job, wanted]).toEqual(['c', ['b', 'c']])
    expect(run.nodes.get('2')?.output).toEqual({ text: ['x'] })
    run.restore({ ...over, ...rest, id: 'c' } as unknown as Job)
    expect([run.job, run.busy]).toEqual(['c', false])
  })
})
