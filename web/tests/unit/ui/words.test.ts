import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterEach, describe, expect, it } from 'vitest'
import { de } from '../../../src/ui/i18n/de'
import { en, type Key } from '../../../src/ui/i18n/en'
import { duration, preferred, speech, t } from '../../../src/ui/i18n/index.svelte'

const UI = join(import.meta.dirname, '../../../src/ui')
const KEYS = Object.keys(en) as Key[]

/** The names in a sentence's braces. */
function placeholders(words: string): string[] {
  return [...new Set([...words.matchAll(/\{(\w+)/g)].map((match) => match[1] ?? ''))].sort()
}

function sources(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
    /\.(svelte|ts)$/.test(name),
  )
}

afterEach(() => {
  speech.language = 'en'
})

describe('the words of the page', () => {
  it('are the same keys in English and German', () => {
    expect(Object.keys(de).sort()).toEqual([...KEYS].sort())
  })

  it('speak of the same things in both languages', () => {
    const differing = KEYS.filter((key) => placeholders(en[key]).join() !== placeholders(de[key]).join())
    expect(differing).toEqual([])
  })

  it('have something to say for every key, with braces that close', () => {
    const broken = KEYS.flatMap((key) => [en[key], de[key]]).filter((words) => {
      return words.trim() === '' || words.split('{').length !== words.split('}').length
    })
    expect(broken).toEqual([])
  })

  it('are asked for only by keys that there are', () => {
    const unknown = sources(UI).flatMap((name) => {
      const text = readFileSync(join(UI, name), 'utf8')
      const asked = [...text.matchAll(/\bt\('([\w.-]+)'/g)].map((match) => match[1] ?? '')
      return asked.filter((key) => !Object.hasOwn(en, key)).map((key) => `${name}: ${key}`)
    })
    expect(unknown).toEqual([])
  })

  it('choose by number as the language does', () => {
    expect(t('packs.count', { count: 1 })).toBe('1 node')
    expect(t('packs.count', { count: 1200 })).toBe('1,200 nodes')
    speech.language = 'de'
    expect(t('packs.count', { count: 1200 })).toBe('1.200 Knoten')
  })

  it('leave what is not given as it stands, and replace nothing in what is given', () => {
    expect(t('shell.closeTab', { name: '{name} $& {x}' })).toBe('Close {name} $& {x}')
    expect(t('shell.closeTab')).toBe('Close {name}')
  })

  it('write times shortly', () => {
    expect([0.42, 7.26, 59.4, 185, 3_725].map((seconds) => duration(seconds))).toEqual([
      '0.42 s',
      '7.3 s',
      '59 s',
      '3:05',
      '1:02:05',
    ])
  })

  it('are those of the first language that is there', () => {
    expect(preferred(['fr-FR', 'de-AT', 'en'])).toBe('de')
    expect(preferred(['fr'])).toBe('en')
  })
})
