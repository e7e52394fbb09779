import { describe, expect, it } from 'vitest'
import { Windows, type Tabs } from '../../../src/ui/windows'

class Kept {
  private readonly texts = new Map<string, string>()

  getItem(key: string): string | null {
    return this.texts.get(key) ?? null
  }

  setItem(key: string, value: string): void {
    this.texts.set(key, value)
  }
}

/** A browser with windows that hear each other. */
function browser(lasting = new Kept()) {
  const name = `patchbay-test-${Math.random()}`
  const channels: BroadcastChannel[] = []
  let now = 1000
  return {
    lasting,
    window(session = new Kept()) {
      const channel = new BroadcastChannel(name)
      channels.push(channel)
      return { session, windows: new Windows(lasting, session, channel, () => (now += 1)), channel }
    },
    close: () => channels.forEach((channel) => channel.close()),
  }
}

function tabs(key: string): Tabs {
  return { entries: [{ key, name: '', changed: true, source: '', job: '' }], current: key }
}

describe('windows of the browser', () => {
  it('have their tabs again after a reload', async () => {
    const { window, close } = browser()
    const first = window()
    expect((await first.windows.take()).entries).toEqual([])
    first.windows.remember(tabs('a'))
    first.channel.close()
    expect(await window(first.session).windows.take()).toMatchObject(tabs('a'))
    close()
  })

  it('take up what a closed one left, the last one first', async () => {
    const { window, close } = browser()
    const both = [window(), window()]
    for (const [index, { windows }] of both.entries()) {
      await windows.take()
      windows.remember(tabs(['a', 'b'][index] ?? ''))
    }
    for (const { channel } of both) channel.close()
    expect((await window().windows.take()).current).toBe('b')
    close()
  })

  it('leave the tabs of a living one alone', async () => {
    const { window, close } = browser()
    const first = window()
    await first.windows.take()
    first.windows.remember(tabs('a'))
    const second = window()
    expect((await second.windows.take()).entries).toEqual([])
    second.windows.remember(tabs('b'))
    expect(first.session.getItem('patchbay.window')).not.toBe(second.session.getItem('patchbay.window'))
    close()
  })

  it('are told apart when one was duplicated with all that it keeps', async () => {
    const { window, close } = browser()
    const first = window()
    await first.windows.take()
    first.windows.remember(tabs('a'))
    const copy = new Kept()
    copy.setItem('patchbay.window', first.session.getItem('patchbay.window') ?? '')
    expect((await window(copy).windows.take()).entries).toEqual([])
    close()
  })

  it('begin anew when what was kept makes no sense', async () => {
    for (const text of ['{', 'null', '[]', '{"w":{"entries":[{}],"current":"","seen":1}}', '{"w":7}']) {
      const lasting = new Kept()
      lasting.setItem('patchbay.windows', text)
      const { window, close } = browser(lasting)
      expect((await window().windows.take()).entries).toEqual([])
      close()
    }
  })
})
