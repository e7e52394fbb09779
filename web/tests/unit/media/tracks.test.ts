import { beforeEach, describe, expect, it, vi } from 'vitest'
import { Stage, type Playable } from '../../../src/ui/media/stage.svelte'
import { Tracks } from '../../../src/ui/media/tracks'

class Whistle implements Playable {
  playing = false
  constructor(
    readonly title: string,
    private readonly on: Stage,
  ) {}
  play(): Promise<void> {
    this.on.claim(this)
    this.playing = true
    return Promise.resolve()
  }
  pause(): void {
    this.playing = false
  }
}

describe('the stage', () => {
  it('has one at a time', () => {
    const stage = new Stage()
    const [one, two] = [new Whistle('one', stage), new Whistle('two', stage)]
    void one.play()
    void two.play()
    expect([one.playing, two.playing, stage.current]).toEqual([false, true, two])
  })

  it('pauses and goes on with what played last, and says if there is nothing', () => {
    const stage = new Stage()
    expect(stage.toggle()).toBe(false)
    const one = new Whistle('one', stage)
    void one.play()
    expect([stage.toggle(), one.playing]).toEqual([true, false])
    expect([stage.toggle(), one.playing]).toEqual([true, true])
    stage.leave(one)
    expect(stage.toggle()).toBe(false)
  })
})

describe('tracks', () => {
  beforeEach(() => {
    vi.stubGlobal('cancelAnimationFrame', () => undefined)
    return () => vi.unstubAllGlobals()
  })

  it('are shared by the views of one file', () => {
    const tracks = new Tracks()
    expect(tracks.borrow('/a', 'a')).toBe(tracks.borrow('/a', 'a'))
    expect(tracks.borrow('/b', 'b')).not.toBe(tracks.borrow('/a', 'a'))
  })

  it('end with their last view', () => {
    const tracks = new Tracks()
    const track = tracks.borrow('/a', 'a')
    tracks.borrow('/a', 'a')
    const left = vi.spyOn(track, 'leave')
    tracks.giveBack(track)
    expect(left).not.toHaveBeenCalled()
    tracks.giveBack(track)
    expect(left).toHaveBeenCalledOnce()
    expect(tracks.borrow('/a', 'a')).not.toBe(track)
  })

  it('that play go on without a view until they stop', async () => {
    const tracks = new Tracks()
    const track = tracks.borrow('/a', 'a')
    const left = vi.spyOn(track, 'leave')
    track.playing = true
    tracks.giveBack(track)
    expect(left).not.toHaveBeenCalled()
    expect(tracks.borrow('/a', 'a')).toBe(track)
    tracks.giveBack(track)
    track.pause()
    await Promise.resolve()
    expect(left).toHaveBeenCalledOnce()
  })
})
