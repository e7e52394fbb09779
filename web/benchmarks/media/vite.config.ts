/** Serves the page that shows every kind of media: `npx vite -c benchmarks/media/vite.config.ts`. */

import type { IncomingMessage, ServerResponse } from 'node:http'
import { svelte } from '@sveltejs/vite-plugin-svelte'
import { defineConfig, type Plugin } from 'vite'
import { peaks, PICTURES, png, sizeOf, SOUNDS, tile, wav } from './made.ts'

const MURAL = 100_000
const SERVER = process.env.PATCHBAY_URL

function made(): Plugin {
  return {
    name: 'made-media',
    configureServer(server) {
      // As a server says that has no such file; with PATCHBAY_URL a real one is asked.
      for (const path of SERVER ? [] : ['/api', '/view']) {
        server.middlewares.use(path, (_request, response) => {
          response.statusCode = 404
          response.end()
        })
      }
      server.middlewares.use('/made', (request, response) => {
        const url = new URL(request.url ?? '/', 'http://here')
        const [, kind = '', name = '', ...rest] = url.pathname.split('/')
        const answer = ANSWERS[kind]
        if (answer?.(request, response, name, rest, url.searchParams) !== true) {
          response.statusCode = 404
          response.end()
        }
      })
    },
  }
}

type Answer = (
  request: IncomingMessage,
  response: ServerResponse,
  name: string,
  rest: readonly string[],
  asked: URLSearchParams,
) => boolean

const ANSWERS: { readonly [kind: string]: Answer } = {
  sound(request, response, file) {
    const name = file.replace('.wav', '')
    const size = sizeOf(name)
    if (size === 0) return false
    const range = /bytes=(\d+)-(\d*)/.exec(request.headers.range ?? '')
    const from = Number(range?.[1] ?? 0)
    // No more than a megabyte at once, as a server that streams would be read.
    const to = Math.min(size, range?.[2] ? Number(range[2]) + 1 : size, range ? from + 1_000_000 : size)
    response.writeHead(range ? 206 : 200, {
      'Content-Type': 'audio/wav',
      'Accept-Ranges': 'bytes',
      'Content-Length': to - from,
      'Content-Range': `bytes ${from}-${to - 1}/${size}`,
    })
    response.end(wav(name, from, to))
    return true
  },
  peaks(_request, response, name, _rest, asked) {
    if (!(name in SOUNDS)) return false
    response.setHeader('Content-Type', 'application/json')
    response.end(JSON.stringify(peaks(name, Number(asked.get('points') ?? 800))))
    return true
  },
  picture(_request, response, file, _rest, asked) {
    const colour = PICTURES[file.replace('.png', '')]
    if (!colour) return false
    const width = Number(asked.get('size') ?? 960)
    response.setHeader('Content-Type', 'image/png')
    response.end(png(width, Math.round((width * 5) / 8), colour))
    return true
  },
  tiles(_request, response, level, place) {
    const [x, y] = place.map(Number)
    response.setHeader('Content-Type', 'image/svg+xml')
    response.end(tile(Number(level), x ?? 0, y ?? 0, MURAL, 512))
    return true
  },
}

const here = new URL('.', import.meta.url).pathname

export default defineConfig({
  plugins: [svelte({ configFile: `${here}../../svelte.config.js` }), made()],
  root: here,
  // Not the editor's own: two servers would throw away each other's.
  cacheDir: `${here}../../node_modules/.vite-media`,
  server: {
    proxy: SERVER ? { '/api': SERVER, '/view': SERVER } : {},
    fs: { allow: [`${here}../..`] },
  },
})
