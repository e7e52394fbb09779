import { chromium } from 'playwright-core'
import { readFileSync, writeFileSync } from 'node:fs'
const URL = process.argv[2]
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox', '--autoplay-policy=user-gesture-required'] })
const page = await (await browser.newContext({ viewport: { width: 1700, height: 950 } })).newPage()
const said = []
page.on('console', (m) => said.push(m.type() + ' ' + m.text()))
page.on('pageerror', (e) => said.push('ERROR ' + e.message))
const urls = []
page.on('response', (r) => r.url().includes('/previews/') && urls.push([Date.now(), r.status(), r.url().split('/previews/')[1]]))
await page.addInitScript(() => {
  localStorage.setItem('patchbay.settings', JSON.stringify({ tourSeen: true, reducedMotion: true }))
  const connect = AudioNode.prototype.connect
  window.ears = []
  AudioNode.prototype.connect = function (to, ...rest) {
    if (to instanceof AudioDestinationNode && !(to.context instanceof OfflineAudioContext)) {
      const ear = to.context.createAnalyser(); ear.fftSize = 2048
      connect.call(this, ear); window.ears.push(ear)
      if (!window.tape) {
        window.tape = []; 
      }
      const proc = to.context.createScriptProcessor(4096, 2, 1)
      proc.onaudioprocess = (e) => window.tape.push(Float32Array.from(e.inputBuffer.getChannelData(0)))
      connect.call(this, proc); connect.call(proc, to)
    }
    return connect.call(this, to, ...rest)
  }
})
await page.goto(URL)
await page.locator('main .svelte-flow').waitFor()
const wf = JSON.parse(readFileSync('/work/main/workflows/lofi-tape.json', 'utf8'))
for (const n of wf.nodes) if (n.type === 'Continue') { n.properties.patchbay.widgets.seconds = 240 }
console.log(wf.nodes.map((n) => n.id + n.type).join(' '))
const data = JSON.stringify(wf)
await page.evaluate((text) => {
  const dt = new DataTransfer(); dt.items.add(new File([text], 'tape.json'))
  const el = document.elementFromPoint(700, 450)
  for (const type of ['dragover', 'drop']) el.dispatchEvent(new DragEvent(type, { bubbles: true, cancelable: true, clientX: 700, clientY: 450, dataTransfer: dt }))
}, data)
await page.locator('.svelte-flow__node[data-id="8"]').waitFor()
await page.keyboard.press('f').catch(() => {})
await page.waitForTimeout(800)
await page.keyboard.press('Control+Enter')
const rms = () => page.evaluate(() => Math.max(0, ...window.ears.map((e) => { const b = new Float32Array(2048); e.getFloatTimeDomainData(b); return Math.sqrt(b.reduce((s, x) => s + x * x, 0) / 2048) })))
const growing = (id) => page.locator(`.svelte-flow__node[data-id="${id}"] .growing`)
const id = process.argv[3] ?? '4'
await growing(id).waitFor({ timeout: 60000 })
console.log('growing shown', await growing(id).innerText())
await growing(id).getByRole('button').click()
const t0 = Date.now()
let shot = 0
for (let i = 0; i < 60; i++) {
  await page.waitForTimeout(500)
  const state = await page.evaluate(() => [...document.querySelectorAll('.growing')].map((g) => g.closest('.svelte-flow__node').dataset.id + ': ' + g.querySelector('.time').textContent + ' ' + g.querySelector('button').ariaLabel))
  const playing = await page.evaluate(() => [...document.querySelectorAll('.sound')].map((g) => g.closest('.svelte-flow__node')?.dataset.id + ': ' + g.querySelector('.time')?.textContent + ' ' + g.querySelector('button')?.ariaLabel))
  console.log(((Date.now() - t0) / 1000).toFixed(1), (await rms()).toFixed(4), state.join(' | '), playing.join(' | '))
  if (i === 4) await page.screenshot({ path: '/tmp/gt/grow1.png' })
  if (i === 14) await page.screenshot({ path: '/tmp/gt/grow2.png' })
}
await page.screenshot({ path: '/tmp/gt/grow3.png' })
const tape = await page.evaluate(() => { const all = window.tape; const out = []; for (const b of all) for (const x of b) out.push(Math.round(x * 32767)); return out })
writeFileSync('/tmp/gt/tape.json', JSON.stringify(tape))
console.log(urls.map((u) => [(u[0] - t0) / 1000, u[1], u[2]].join(' ')).join('\n'))
console.log(said.join('\n'))
await browser.close()
