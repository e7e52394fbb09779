import { chromium } from 'playwright-core'
const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] })
const page = await browser.newPage()
const r = await page.evaluate(async () => {
  const wav = (first, n, rate) => { const b = new DataView(new ArrayBuffer(44 + n * 2)); const s = (o, t) => [...t].forEach((c, i) => b.setUint8(o + i, c.charCodeAt(0))); s(0, 'RIFF'); b.setUint32(4, 36 + n * 2, true); s(8, 'WAVEfmt '); b.setUint32(16, 16, true); b.setUint16(20, 1, true); b.setUint16(22, 1, true); b.setUint32(24, rate, true); b.setUint32(28, rate * 2, true); b.setUint16(32, 2, true); b.setUint16(34, 16, true); s(36, 'data'); b.setUint32(40, n * 2, true); for (let i = 0; i < n; i++) b.setInt16(44 + i * 2, 16000 * Math.sin(2 * Math.PI * 1000 * (first + i) / rate), true); return b.buffer }
  const out = []
  for (const [first, n] of [[0, 57600], [56639, 58561], [114239, 58561], [0, 384000], [100, 2880000]]) {
    const c = new OfflineAudioContext(1, 1, 44100)
    const d = await c.decodeAudioData(wav(first, n, 48000))
    const x = d.getChannelData(0)
    const phase = (a, b) => { let re = 0, im = 0; for (let i = a; i < b; i++) { const p = 2 * Math.PI * 1000 * (i / 44100 + first / 48000); re += x[i] * Math.sin(p); im += x[i] * Math.cos(p) } return Math.atan2(im, re) / (2 * Math.PI * 1000) * 44100 }
    out.push([first, n, d.length, n * 44100 / 48000, phase(441 * 2, 441 * 22), phase(d.length - 441 * 22, d.length - 441 * 2)])
  }
  return out
})
console.log(r.map((x) => x.join(' ')).join('\n'))
await browser.close()
