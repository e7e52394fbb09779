import { describe, expect, it } from 'vitest'
import { Specs, type Port, type Spec } from '../../../src/core/specs'
import { portOf, pseudoSpec, widgetOf } from '../../../src/core/virtual'
import { sentence } from '../../../src/ui/notices.svelte'
import { branched, type Branch } from '../../../src/ui/panels/branches'
import { Settings } from '../../../src/ui/settings.svelte'
import { pressed, written, type Press } from '../../../src/ui/shortcuts'
import { accepts, loaderOf } from '../../../src/ui/uploads'

function files(...accept: string[]): Port {
  return portOf('file', 'STRING', { widget: widgetOf('file', { accept }) })
}

function loader(name: string, ...ports: Port[]): Spec {
  return pseudoSpec(name, name, ports, [])
}

describe('a file that is dropped', () => {
  const sound = loader('Sound', files('.wav', '.flac'))
  const any = loader('Any', files('.wav', '.png', '.mp4', '.txt'))
  const sink = { ...loader('Sink', files('.wav')), sink: true }
  const specs = new Specs([any, sink, sound, loader('Open', files())])

  it('goes to the node that is there for its kind', () => {
    expect(loaderOf(specs, 'Drums.WAV')).toMatchObject({ spec: sound, input: 'file' })
    expect(loaderOf(specs, 'a.b.png')?.spec).toBe(any)
  })

  it('goes nowhere when no node takes its kind', () => {
    expect(loaderOf(specs, 'notes.pdf')).toBeUndefined()
    expect(loaderOf(specs, 'wav')).toBeUndefined()
    expect(accepts(portOf('text', 'STRING'), 'a.wav')).toBe(false)
  })
})

describe('a tree of names', () => {
  const flat = (branch: Branch<string>): unknown => [
    branch.name,
    branch.count,
    branch.branches.map(flat),
    branch.leaves,
  ]

  it('has folders and what lies in them, each in order', () => {
    const tree = branched(
      ['b/2', 'a/x/1', 'b/1', 'a/3'],
      (path) => path.slice(0, path.lastIndexOf('/')),
      String,
    )
    expect(tree.map(flat)).toEqual([
      ['a', 2, [['x', 1, [], ['a/x/1']]], ['a/3']],
      ['b', 2, [], ['b/1', 'b/2']],
    ])
  })

  it('tells folders of one name apart by their paths', () => {
    const [a, b] = branched(['a/x/1', 'b/x/1'], (path) => path.slice(0, path.lastIndexOf('/')), String)
    expect([a?.branches[0]?.path, b?.branches[0]?.path]).toEqual(['a/x', 'b/x'])
  })
})

describe('a shortcut', () => {
  function press(key: string, held: Partial<Press> = {}): Press {
    const none = { ctrlKey: false, metaKey: false, shiftKey: false, altKey: false }
    return { key, code: `Key${key.toUpperCase()}`, ...none, ...held }
  }

  it('needs exactly the keys that it names', () => {
    expect(pressed(press('z', { ctrlKey: true }), 'Ctrl+Z')).toBe(true)
    expect(pressed(press('z', { metaKey: true }), 'Ctrl+Z')).toBe(true)
    expect(pressed(press('Z', { ctrlKey: true, shiftKey: true }), 'Ctrl+Z')).toBe(false)
    expect(pressed(press('z'), 'Ctrl+Z')).toBe(false)
    expect(pressed(press('Tab', { shiftKey: true }), 'Tab')).toBe(false)
  })

  it('with a sign needs no shift: keyboards differ', () => {
    expect(pressed(press('?', { shiftKey: true }), '?')).toBe(true)
    expect(pressed(press('=', { altKey: true }), 'Alt+=')).toBe(true)
  })

  it('with Alt is the key where it lies: a Mac types another letter', () => {
    expect(pressed(press('ç', { altKey: true, code: 'KeyC' }), 'Alt+C')).toBe(true)
  })

  it('is written as the machine writes it', () => {
    expect([written('Ctrl+Shift+Z', false), written('Ctrl+Shift+Z', true)]).toEqual(['Ctrl+Shift+Z', '⌘⇧Z'])
  })
})

describe('what somebody likes', () => {
  function store(text: string | null) {
    const kept = { text }
    return { kept, getItem: () => kept.text, setItem: (_: string, value: string) => void (kept.text = value) }
  }

  it('is there again', () => {
    const { kept, ...given } = store(null)
    new Settings(given).set('theme', 'dark')
    expect(new Settings(store(kept.text)).now.theme).toBe('dark')
  })

  it('is the usual where what was kept makes no sense', () => {
    for (const text of ['{', '7', 'null', '{"theme":"pink","auto":3,"recent":{},"language":"xx"}']) {
      expect(new Settings(store(text)).now).toMatchObject({
        theme: 'system',
        auto: 'off',
        recent: [],
        language: 'system',
      })
    }
  })

  it('remembers the nodes that were used last, each once', () => {
    const settings = new Settings(store(null))
    for (const name of ['a', 'b', 'a']) settings.used(name)
    expect(settings.now.recent).toEqual(['a', 'b'])
  })
})

describe('a message of the server', () => {
  it('is a sentence on the page', () => {
    expect(sentence('the file is gone')).toBe('The file is gone.')
    expect(sentence('Is it there?')).toBe('Is it there?')
  })
})
