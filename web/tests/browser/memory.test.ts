/** Opening, running and closing again and again leaves nothing behind. `CYCLES=1000` for a long run. */

import type { CDPSession } from 'playwright-core'
import { describe, expect, test } from 'vitest'
import type { Desk } from './support/desk'
import { lacking, stage } from './support/stage'

const CYCLES = Number(process.env.CYCLES ?? 60)
/** By then everything has been loaded and every cache is as large as it gets. */
const WARM = Math.min(20, Math.floor(CYCLES / 3))
const MOST_GROWTH = 1.1
const SMALL = {
  version: 0.4,
  last_node_id: 2,
  last_link_id: 1,
  nodes: [
    {
      id: 1,
      type: 'Integer',
      pos: [0, 0],
      size: [240, 90],
      flags: {},
      order: 0,
      mode: 0,
      properties: {},
      outputs: [{ name: 'int', type: 'INT', links: [1] }],
      widgets_values: [3],
    },
    {
      id: 2,
      type: 'ShowValue',
      pos: [400, 0],
      size: [240, 180],
      flags: {},
      order: 1,
      mode: 0,
      properties: {},
      inputs: [{ name: 'value', type: '*', link: 1 }],
      outputs: [],
    },
  ],
  links: [[1, 1, 0, 2, 0, 'INT']],
}

describe.skipIf(lacking !== '')('memory', () => {
  // Machine code that is made of what runs often lies on the same heap, and would be counted.
  const here = stage({}, ['--js-flags=--no-opt --no-maglev --no-sparkplug'])

  test(
    `${CYCLES} times open, run and close leave the heap as it was`,
    { timeout: 30_000 + CYCLES * 3_000 },
    async () => {
      here.server.save('small.json', JSON.stringify(SMALL))
      const desk = await here.open({ complaints: /404.*drafts|drafts.*404/ })
      await desk.page.getByRole('button', { name: 'Workflows', exact: true }).click()
      const session = await desk.page.context().newCDPSession(desk.page)
      let warm = 0
      for (let cycle = 1; cycle <= CYCLES; cycle += 1) {
        await once(desk)
        if (cycle === WARM) warm = await heap(session)
      }
      const end = await heap(session)
      console.info(
        `heap after ${WARM} cycles ${(warm / 1e6).toFixed(2)} MB, after ${CYCLES} ${(end / 1e6).toFixed(2)} MB`,
      )
      expect(end / warm).toBeLessThan(MOST_GROWTH)
    },
  )
})

async function once(desk: Desk): Promise<void> {
  await desk.page
    .getByRole('complementary', { name: 'Workflows' })
    .getByRole('button', { name: /^small/ })
    .click()
  await expect.poll(() => desk.tabs.count()).toBe(2)
  await desk.run()
  await expect.poll(() => desk.state(2), { interval: 20 }).toMatch(/done|cached/)
  await desk.page.getByTitle('Close small').click()
  await expect.poll(() => desk.tabs.count(), { interval: 20 }).toBe(1)
}

/** Bytes that scripts hold after everything unreachable is gone. */
async function heap(session: CDPSession): Promise<number> {
  for (let times = 0; times < 3; times += 1) await session.send('HeapProfiler.collectGarbage')
  return (await session.send('Runtime.getHeapUsage')).usedSize
}
