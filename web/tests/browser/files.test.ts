/** Files: saved without noise, opened whatever is in them, and never lost. */

import { readFileSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import { crc32, deflateSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import type { Desk, Workflow } from './support/desk'
import { repository } from './support/programs'
import { lacking, stage } from './support/stage'

const TAPE = readFileSync(join(repository, 'workflows/lofi-tape.json'), 'utf8')
const SAMPLES = join(repository, 'tests/workflows')

describe.skipIf(lacking !== '')('files', () => {
  const here = stage()

  async function openSaved(desk: Desk, name: string): Promise<void> {
    const panel = desk.page.getByRole('complementary', { name: 'Workflows' })
    if (!(await panel.isVisible()))
      await desk.page.getByRole('button', { name: 'Workflows', exact: true }).click()
    await panel.getByRole('button', { name: new RegExp(`^${name}\\b`) }).click()
    await expect.poll(() => desk.tab.innerText()).toBe(name)
    await desk.page.getByRole('button', { name: 'Workflows', exact: true }).click()
    await panel.waitFor({ state: 'hidden' })
    // The canvas learns of its new width in the frame after the panel has gone.
    await desk.frames()
    await desk.canvas.focus()
    await desk.page.keyboard.press('.')
    await desk.frames()
    await expect.poll(() => desk.nodes.count()).toBeGreaterThan(0)
  }

  async function save(desk: Desk, name: string): Promise<void> {
    await desk.canvas.focus()
    await desk.page.keyboard.press('Control+s')
    await desk.notice(`Saved as ${name}`).waitFor()
  }

  test.each(['lofi-tape', ...readdirSync(SAMPLES).map((name) => name.replace('.json', ''))])(
    '%s is saved byte for byte as it was, as long as nothing was changed',
    async (name) => {
      const text = name === 'lofi-tape' ? TAPE : readFileSync(join(SAMPLES, `${name}.json`), 'utf8')
      here.server.save(`same-${name}.json`, text)
      const desk = await here.open()
      await openSaved(desk, `same-${name}`)
      await save(desk, `same-${name}`)
      expect(here.server.saved(`same-${name}.json`)).toBe(text)
    },
  )

  test('one changed value changes one place of the file, and taking it back nothing', async () => {
    here.server.save('quiet.json', TAPE)
    const desk = await here.open()
    await openSaved(desk, 'quiet')
    await desk.field(6, 'out_seconds').click()
    await desk.field(6, 'out_seconds').fill('5')
    await desk.page.keyboard.press('Enter')
    await save(desk, 'quiet')
    const before = TAPE.split('\n')
    const after = here.server.saved('quiet.json').split('\n')
    expect(after).toHaveLength(before.length)
    const changed = after.filter((line, index) => line !== before[index])
    expect(changed.map((line) => line.trim().split(':')[0])).toEqual(['"properties"', '"widgets_values"'])
    await desk.page.keyboard.press('Control+z')
    await desk.notice('Saved as quiet').waitFor({ state: 'hidden' })
    await save(desk, 'quiet')
    expect(here.server.saved('quiet.json')).toBe(TAPE)
  })

  test.each([
    ['a truncated file', TAPE.slice(0, TAPE.length / 2)],
    ['no JSON at all', 'once upon a time'],
    ['an empty file', ''],
    ['a package.json', JSON.stringify({ name: 'x', version: '1.0.0', dependencies: {} })],
    ['a list', '[1, 2, 3]'],
    [
      "another tool's flow",
      JSON.stringify([
        { id: 'f6f2187d.f17ca8', type: 'tab', label: 'Flow 1' },
        { id: 'b', type: 'inject', wires: [['c']] },
      ]),
    ],
    [
      "another tool's nodes",
      JSON.stringify({
        nodes: [{ parameters: {}, name: 'Start', type: 'n8n-nodes-base.start', position: [250, 300] }],
        connections: {},
      }),
    ],
    ['JSON as deep as it is long', '['.repeat(100_000) + ']'.repeat(100_000)],
  ])('%s is refused with a sentence, or opened as what it is', async (_what, text) => {
    const desk = await here.open({ complaints: /status of 4\d\d/ })
    await desk.drop('strange.json', text)
    const notice = desk.page.locator('.notices .notice')
    await notice.first().waitFor()
    const said = await notice.first().locator('span').first().innerText()
    expect(said).toMatch(/^[A-Za-z$].{15,}/)
    expect(said).not.toMatch(/undefined|\[object|TypeError|Traceback/)
    if ((await desk.tabs.count()) === 1) expect(await desk.nodes.count()).toBeGreaterThan(0)
    else expect(said).toMatch(/not installed/)
  })

  test('an enormous file is refused without freezing the page', async () => {
    const desk = await here.open({ complaints: /status of 4\d\d|ERR_CONNECTION/ })
    await desk.page.evaluate(() => {
      const dataTransfer = new DataTransfer()
      const piece = 'x'.repeat(1 << 20)
      dataTransfer.items.add(
        new File(['{"nodes": "', ...Array.from({ length: 300 }, () => piece)], 'enormous.json'),
      )
      const pane = document.querySelector('.svelte-flow__pane') ?? document.body
      pane.dispatchEvent(
        new DragEvent('drop', { bubbles: true, cancelable: true, clientX: 700, clientY: 450, dataTransfer }),
      )
    })
    await desk.page
      .getByRole('alert')
      .filter({ hasText: /large|MB|MiB|bytes/ })
      .waitFor({ timeout: 30_000 })
    expect(await desk.tabs.count()).toBe(1)
    await desk.fresh()
  })

  test('links to nowhere, duplicate ids and unknown modes cost only what is wrong', async () => {
    const node = (id: number, type: string, more: object) => ({
      id,
      type,
      pos: [id * 300, 100],
      size: [240, 100],
      flags: {},
      order: 0,
      mode: 0,
      properties: {},
      ...more,
    })
    const workflow = {
      last_node_id: 3,
      last_link_id: 9,
      version: 0.4,
      nodes: [
        node(1, 'Integer', {
          outputs: [{ name: 'int', type: 'INT', links: [1, 7, 8] }],
          widgets_values: [5],
          mode: 17,
        }),
        node(2, 'ShowValue', { inputs: [{ name: 'value', type: '*', link: 1 }], outputs: [] }),
        node(2, 'ShowValue', {
          inputs: [{ name: 'value', type: '*', link: 7 }],
          outputs: [],
          title: 'the same id',
        }),
        node(3, 'ShowValue', { inputs: [{ name: 'value', type: '*', link: 99 }], outputs: [] }),
      ],
      links: [
        [1, 1, 0, 2, 0, 'INT'],
        [7, 1, 0, 44, 0, 'INT'],
        [8, 1, 5, 3, 0, 'INT'],
      ],
      groups: [],
    }
    const desk = await here.open()
    await desk.drop('broken.json', JSON.stringify(workflow))
    await expect.poll(() => desk.tabs.count()).toBe(2)
    await expect.poll(() => desk.nodes.count()).toBe(4)
    const kept = await desk.exported()
    expect(kept.nodes.map((each) => each.type).sort()).toEqual([
      'Integer',
      'ShowValue',
      'ShowValue',
      'ShowValue',
    ])
    expect(new Set(kept.nodes.map((each) => each.id)).size).toBe(4)
    expect(kept.nodes.find((each) => each.id === 1)).toMatchObject({ mode: 17 })
    expect(kept.links.find((link) => link[0] === 1)).toEqual([1, 1, 0, 2, 0, 'INT'])
    await desk.notice(/./).first().waitFor()
  })

  test('nodes that are not installed are shown with their values and saved unharmed', async () => {
    const before = JSON.parse(readFileSync(join(SAMPLES, 'unknown.json'), 'utf8')) as Workflow
    const apart = before.nodes.map((node, index) => ({ ...node, pos: [index * 260, 0], size: [220, 220] }))
    const desk = await here.open()
    await desk.drop('unknown.json', JSON.stringify({ ...before, nodes: apart }))
    await desk.notice('not installed').waitFor()
    await desk.named('My gain').getByText('not installed').waitFor()
    await desk.node(2).getByText('0.5').waitFor()
    await desk.pick(1)
    await desk.page.keyboard.press('Shift+ArrowRight')
    const saved = await desk.exported()
    for (const node of before.nodes) {
      const after = saved.nodes.find((each) => each.id === node.id)
      expect(after).toMatchObject({
        type: node.type,
        widgets_values: node.widgets_values,
        inputs: node.inputs,
      })
    }
    expect(saved.links).toEqual(before.links)
    expect(saved).toMatchObject({ extra: { node_versions: { 'far-pack': '1.2.3' } } })
  })

  test.each(['nested', 'schema1', 'group', 'flat'])(
    'the subgraphs, reroutes and groups of %s are all there after a change',
    async (name) => {
      const before = JSON.parse(readFileSync(join(SAMPLES, `${name}.json`), 'utf8')) as Workflow
      const desk = await here.open()
      await desk.drop(`${name}.json`, JSON.stringify(before))
      await expect.poll(() => desk.tab.innerText()).toContain(name)
      await desk.command('Add a note')
      const after = await desk.exported()
      const types = (workflow: Workflow) => workflow.nodes.map((node) => `${node.id} ${node.type}`).sort()
      expect(types(after)).toEqual(
        [
          ...types(before),
          `${String(after.last_node_id ?? (after.state as { lastNodeId: number }).lastNodeId)} MarkdownNote`,
        ].sort(),
      )
      const inner = ({ definitions }: Workflow) =>
        definitions?.subgraphs.map((graph) => [graph.name, graph.nodes.map((node) => node.type)])
      expect(inner(after)).toEqual(inner(before))
      expect(ends(after)).toEqual(ends(before))
    },
  )

  test('a picture, a WAV and a FLAC with a workflow in them open it; one without is loaded by a node', async () => {
    const desk = await here.open({ complaints: /status of 415|404.*drafts/ })
    await desk.fresh()
    await desk.add({ x: 350, y: 250 }, 'load audio', 'Load Audio')
    await desk.drag(desk.socket(1, 'output', 'audio'), { x: 760, y: 230 })
    await desk.choose('save audio', 'Save Audio')
    await desk.canvas.focus()
    await desk.drop('tone.wav', tone(), { x: 500, y: 700 })
    await desk.notice('tone.wav is on the server.').waitFor()
    await expect.poll(() => desk.node(3).locator('header .title').innerText()).toBe('Load Audio')
    await desk.pick(1)
    await desk.page.keyboard.press('Control+Delete')
    await desk.drag(desk.socket(3, 'output', 'audio'), desk.socket(2, 'input', 'audio'))
    const drawn = await desk.exported()
    const output = join(here.server.folder, 'output')
    for (const format of ['flac', 'wav']) {
      await desk.field(2, 'file_format').click()
      await desk.page.getByRole('option', { name: format }).click()
      await desk.run()
      const made = () => readdirSync(output).find((name) => name.endsWith(`.${format}`))
      await expect.poll(made).toBeDefined()
      await expect.poll(() => desk.page.getByRole('button', { name: 'Stop' }).count()).toBe(0)
      await desk.drop(`song.${format}`, readFileSync(join(output, made() ?? '')))
      await expect.poll(() => desk.tab.innerText()).toContain('song')
      expect((await desk.exported()).nodes.map((node) => [node.id, node.type])).toEqual(
        drawn.nodes.map((node) => [node.id, node.type]),
      )
      await desk.page.keyboard.press('Alt+w')
    }
    await desk.drop('picture.png', png({ workflow: TAPE }))
    await expect.poll(() => desk.tab.innerText()).toContain('picture')
    expect((await desk.exported()).nodes).toHaveLength((JSON.parse(TAPE) as Workflow).nodes.length)
  })

  test('two tabs edit one file: the second save says so and nothing is lost', async () => {
    here.server.save('shared.json', TAPE)
    const one = await here.open({ complaints: /status of 4(09|12)|404.*drafts/ })
    await openSaved(one, 'shared')
    const other = await here.open({ beside: one, complaints: /status of 4(09|12)|404.*drafts/ })
    await openSaved(other, 'shared')
    for (const desk of [one, other]) {
      await desk.page.bringToFront()
      await desk.set(1, 'value', desk === one ? 'the first tab' : 'the second tab')
    }
    await one.page.bringToFront()
    await save(one, 'shared')
    await other.page.bringToFront()
    await other.canvas.focus()
    await other.page.keyboard.press('Control+s')
    await other.page.getByText('shared was changed elsewhere since you opened it.').first().waitFor()
    expect(here.server.saved('shared.json')).toContain('the first tab')
    expect(await other.field(1, 'value').inputValue()).toBe('the second tab')
    await other.page.getByRole('button', { name: 'Overwrite' }).click()
    await other.notice('Saved as shared').waitFor()
    expect(here.server.saved('shared.json')).toContain('the second tab')
    await other.command('Earlier versions …')
    const versions = other.page.getByRole('dialog', { name: 'Earlier versions' })
    const kept = versions.getByRole('listitem').filter({ hasText: '· saved' })
    await expect.poll(() => kept.count()).toBeGreaterThan(1)
    const count = await kept.count()
    const values: string[] = []
    for (let index = 0; index < count; index += 1) {
      const tabs = await other.tabs.count()
      await kept.nth(index).getByRole('button').click()
      await expect.poll(() => other.tabs.count()).toBe(tabs + 1)
      values.push(await other.field(1, 'value').inputValue())
      await other.command('Close the tab')
      await expect.poll(() => other.tabs.count()).toBe(tabs)
      await other.command('Earlier versions …')
    }
    expect(values).toContain('the first tab')
  })
})

/** Every link's ends, in either schema. */
function ends({ links }: Workflow): number[][] {
  const found = (links as unknown[]).map((link) => {
    const one = link as { [name: string]: unknown }
    const list = Array.isArray(link)
      ? link
      : [one.id, one.origin_id, one.origin_slot, one.target_id, one.target_slot]
    return list.slice(0, 5).map(Number)
  })
  return found.sort((a, b) => (a[0] ?? 0) - (b[0] ?? 0))
}

/** Half a second of a tone, as a WAV file. */
function tone(): Buffer {
  const rate = 16_000
  const samples = Int16Array.from({ length: rate / 2 }, (_, index) =>
    Math.round(8_000 * Math.sin((2 * Math.PI * 440 * index) / rate)),
  )
  const head = Buffer.alloc(44)
  head.write('RIFF', 0)
  head.writeUInt32LE(36 + samples.byteLength, 4)
  head.write('WAVEfmt ', 8)
  head.writeUInt32LE(16, 16)
  head.writeUInt16LE(1, 20)
  head.writeUInt16LE(1, 22)
  head.writeUInt32LE(rate, 24)
  head.writeUInt32LE(rate * 2, 28)
  head.writeUInt16LE(2, 32)
  head.writeUInt16LE(16, 34)
  head.write('data', 36)
  head.writeUInt32LE(samples.byteLength, 40)
  return Buffer.concat([head, Buffer.from(samples.buffer)])
}

/** A picture of one pixel with texts in it, as ComfyUI leaves its workflows. */
function png(texts: { readonly [name: string]: string }): Buffer {
  const chunk = (kind: string, data: Buffer): Buffer => {
    const body = Buffer.concat([Buffer.from(kind), data])
    const frame = Buffer.alloc(8)
    frame.writeUInt32BE(data.length, 0)
    frame.writeUInt32BE(crc32(body), 4)
    return Buffer.concat([frame.subarray(0, 4), body, frame.subarray(4)])
  }
  const head = Buffer.from([0, 0, 0, 1, 0, 0, 0, 1, 8, 2, 0, 0, 0])
  return Buffer.concat([
    Buffer.from([0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a]),
    chunk('IHDR', head),
    ...Object.entries(texts).map(([name, text]) => chunk('tEXt', Buffer.from(`${name}\0${text}`, 'latin1'))),
    chunk('IDAT', deflateSync(Buffer.from([0, 200, 100, 50]))),
    chunk('IEND', Buffer.alloc(0)),
  ])
}
