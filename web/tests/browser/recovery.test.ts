/** What happens when the server, the page or a pack is not what it was. */

import { describe, expect, test } from 'vitest'
import type { Desk, Workflow } from './support/desk'
import { GATE } from './support/packs'
import { lacking, stage } from './support/stage'

/** What a browser says of a server that does not answer. */
const SILENCE = /ERR_CONNECTION|WebSocket connection|net::ERR|Failed to load resource/
const OFFLINE = 'The server does not answer. Your work is kept here; it goes on when the server is back.'

const BEFORE = `
from typing import Annotated
from patchbay import Number, Text, node

@node(category="test", sink=True)
def brew(leaves: str = "green", minutes: Annotated[float, Number(0, 60)] = 3.0, strong: bool = False) -> str:
    """Makes tea."""
    return f"{leaves} {minutes} {strong}"
`
/** Another order, one gone, one new, one of another range. */
const AFTER = `
from typing import Annotated
from patchbay import Number, node

@node(category="test", sink=True)
def brew(cups: int = 2, strong: bool = False, minutes: Annotated[float, Number(0, 5)] = 3.0) -> str:
    """Makes tea."""
    return f"{cups} {minutes} {strong}"
`

describe.skipIf(lacking !== '')('when things fail', () => {
  const here = stage(null)

  test('a server killed in the middle of a run: the page says so, keeps all, and the run ends', async () => {
    const server = await here.serve({ pack: { 'gate.py': GATE } })
    const desk = await here.open({ server, complaints: SILENCE })
    await desk.fresh()
    await desk.add({ x: 500, y: 300 }, 'wait for file', 'Wait For File')
    await desk.set(1, 'name', 'tea')
    await desk.drag(desk.node(1).locator('.socket[data-side=output]'), { x: 900, y: 320 })
    await desk.choose('show', 'Show Value')
    await desk.page.keyboard.press('Control+Enter')
    await desk.become({ 1: 'running' })

    await server.crash()
    await desk.page.getByText(OFFLINE).waitFor()
    await desk.add({ x: 500, y: 600 }, 'integer', 'Integer')
    await desk.set(3, 'value', '99')
    const drawn = await desk.exported()
    await desk.page.keyboard.press('Control+Enter')
    await desk.page.getByRole('alert').filter({ hasText: 'The server does not answer.' }).waitFor()

    await server.again()
    await desk.page.getByRole('button', { name: 'Try now' }).click()
    await desk.page.getByText(OFFLINE).waitFor({ state: 'hidden' })
    await desk.become({ 1: 'running' })
    expect(await desk.exported()).toEqual(drawn)
    server.write('tea.gate', '')
    await desk.become({ 1: 'done', 2: 'done' })
    await desk.reload()
    await expect.poll(() => desk.nodes.count()).toBe(3)
    expect(await desk.exported()).toEqual(drawn)
    await desk.become({ 1: 'done', 2: 'done' })
  })

  test('a page that crashes finds what was drawn a second ago, also when it is loaded twice', async () => {
    const server = await here.serve()
    const desk = await here.open({ server })
    const drawn: Workflow[] = []
    for (const value of ['one', 'two', 'three']) {
      await desk.fresh()
      await desk.add({ x: 500, y: 300 }, 'text', 'Text')
      await desk.set(1, 'value', value)
      drawn.push(await desk.exported())
    }
    await desk.command('Save as …')
    await desk.page.getByRole('textbox', { name: 'Name', exact: true }).fill('third')
    await desk.page.keyboard.press('Enter')
    await desk.notice('Saved as third').waitFor()
    const tabs = await desk.tabs.allInnerTexts()
    expect(tabs).toEqual(['Lofi tape', 'Untitled', 'Untitled', 'third'])
    await desk.page.reload({ waitUntil: 'domcontentloaded' })
    await desk.page.reload({ waitUntil: 'domcontentloaded' })
    await desk.tab.waitFor()
    await desk.page.reload()
    await expect.poll(() => desk.tabs.allInnerTexts()).toEqual(tabs)
    for (const [index, workflow] of drawn.entries()) {
      await desk.tabs.nth(index + 1).click()
      await expect.poll(() => desk.field(1, 'value').inputValue()).toBe(['one', 'two', 'three'][index])
      expect(await desk.exported()).toEqual(workflow)
    }
  })

  test('a closed tab that was not saved is offered again, and stays among the drafts', async () => {
    const server = await here.serve()
    const desk = await here.open({ server })
    await desk.fresh()
    await desk.add({ x: 500, y: 300 }, 'text', 'Text')
    await desk.set(1, 'value', 'not to be lost')
    await desk.command('Close the tab')
    await desk
      .notice('Untitled was closed without being saved. It is kept as a draft.')
      .getByRole('button', { name: 'Open again' })
      .click()
    await expect.poll(() => desk.field(1, 'value').inputValue()).toBe('not to be lost')
    await desk.command('Close the tab')
    await desk.reload()
    expect(await desk.tabs.allInnerTexts()).toEqual(['Lofi tape'])
    await desk.page.keyboard.press('Control+o')
    await desk.page
      .getByRole('dialog', { name: 'Open' })
      .getByRole('button', { name: /^Untitled draft/ })
      .click()
    await expect.poll(() => desk.field(1, 'value').inputValue()).toBe('not to be lost')
  })

  test('a node whose sockets changed keeps its values by name, and shows what no longer fits', async () => {
    const server = await here.serve({ pack: { 'brew.py': BEFORE } })
    const desk = await here.open({ server, complaints: SILENCE })
    await desk.fresh()
    await desk.add({ x: 300, y: 300 }, 'text', 'Text')
    await desk.add({ x: 800, y: 300 }, 'brew', 'Brew')
    await desk.drag(desk.socket(1, 'output', 'string'), desk.socket(2, 'input', 'leaves'))
    await desk.set(2, 'minutes', '12')
    await desk.field(2, 'strong').click()
    await desk.command('Save as …')
    await desk.page.getByRole('textbox', { name: 'Name', exact: true }).fill('tea')
    await desk.page.keyboard.press('Enter')
    await desk.notice('Saved as tea').waitFor()
    const saved = server.saved('tea.json')

    server.write('pack/brew.py', AFTER)
    await server.again()
    await desk.reload()
    await expect.poll(() => desk.field(2, 'minutes').inputValue()).toBe('12')
    expect(await desk.field(2, 'strong').getAttribute('aria-checked')).toBe('true')
    expect(await desk.field(2, 'cups').inputValue()).toBe('2')
    expect(await desk.field(2, 'minutes').getAttribute('aria-invalid')).toBe('true')
    await expect
      .poll(() => desk.socket(2, 'input', 'leaves').getAttribute('aria-label'))
      .toBe('Input leaves, STRING, linked, this node has no such socket any more')
    await desk.canvas.focus()
    await desk.page.keyboard.press('Control+s')
    await desk.notice('Saved as tea').waitFor()
    expect(server.saved('tea.json')).toBe(saved)
  })

  test('the page opens and says so when the browser keeps nothing', async () => {
    const server = await here.serve()
    const desk = await here.open({ server })
    await desk.page.context().addInitScript(() => {
      for (const store of ['localStorage', 'sessionStorage']) {
        Object.defineProperty(window, store, {
          value: {
            getItem: () => null,
            setItem: () => {
              throw new DOMException('full', 'QuotaExceededError')
            },
          },
        })
      }
    })
    await desk.page.reload()
    await desk.page.getByRole('button', { name: 'Skip' }).click()
    await works(desk)
  })
})

async function works(desk: Desk): Promise<void> {
  await desk.fresh()
  await desk.add({ x: 500, y: 300 }, 'integer', 'Integer')
  await desk.node(1).waitFor()
}
