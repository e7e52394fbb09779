import { chromium } from 'playwright-core'
import { writeFileSync } from 'node:fs'
const [URL, speed, rate, out] = process.argv.slice(2)
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] })
const page = await (await browser.newContext({ viewport: { width: 1200, height: 800 } })).newPage()
page.on('pageerror', (e) => console.log('ERROR ' + e.message))
const urls = []
page.on('response', (r) => r.url().includes('/previews/') && urls.push([Date.now(), r.status(), r.url().split('/previews/')[1]]))
await page.addInitScript(() => {
  localStorage.setItem('patchbay.settings', JSON.stringify({ tourSeen: true, reducedMotion: true }))
  const connect = AudioNode.prototype.connect
  window.tape = []
  AudioNode.prototype.connect = function (to, ...rest) {
    if (to instanceof AudioDestinationNode && to.context instanceof AudioContext && !window.rec) {
      window.rec = to.context.createScriptProcessor(4096, 1, 1)
      window.rec.onaudioprocess = (e) => window.tape.push(Float32Array.from(e.inputBuffer.getChannelData(0)))
      connect.call(window.rec, to)
    }
    if (to instanceof AudioDestinationNode && window.rec) connect.call(this, window.rec)
    return connect.call(this, to, ...rest)
  }
})
await page.goto(URL)
await page.locator('main .svelte-flow').waitFor()
const r = await (await fetch(URL + '/api/v1/convert', { method: 'POST', headers: { 'content-type': 'application/json' }, body: JSON.stringify({ prompt: { 1: { class_type: 'SlowSine', inputs: { seconds: 14, speed: +speed, rate_hz: +rate } }, 2: { class_type: 'PreviewAudio', inputs: { audio: ['1', 0] } } } }) })).json()
await page.evaluate((text) => {
  const dt = new DataTransfer(); dt.items.add(new File([text], 'tape.json'))
  const el = document.elementFromPoint(700, 450)
  for (const type of ['dragover', 'drop']) el.dispatchEvent(new DragEvent(type, { bubbles: true, cancelable: true, clientX: 700, clientY: 450, dataTransfer: dt }))
}, JSON.stringify(r.workflow ?? r))
await page.locator('.svelte-flow__node[data-id="1"]').waitFor()
await page.waitForTimeout(500)
await page.keyboard.press('Control+Enter')
const g = page.locator('.svelte-flow__node[data-id="1"] .growing')
await g.waitFor({ timeout: 15000 })
await g.getByRole('button').click()
if (process.argv[6] === 'dark') { await page.waitForTimeout(3000); await page.emulateMedia({ colorScheme: 'dark' }); await page.waitForTimeout(200); await page.screenshot({ path: '/tmp/gt/dark.png' }) }
await page.waitForTimeout(16000)
const tape = await page.evaluate(() => ({ rate: window.rec.context.sampleRate, data: window.tape.map((b) => Array.from(b)).flat() }))
writeFileSync(out, JSON.stringify(tape))
console.log(urls.map((u) => u.slice(1).join(' ')).join('\n'))
await browser.close()
