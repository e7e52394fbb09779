import { fileURLToPath } from 'node:url'
import { svelte } from '@sveltejs/vite-plugin-svelte'
import { defineConfig } from 'vite'

export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  base: './',
  configFile: false,
  plugins: [svelte({ configFile: '../../svelte.config.js' })],
  build: {
    outDir: process.env.OUT ?? '/tmp/patchbay-canvas',
    emptyOutDir: true,
    target: 'es2022',
    minify: process.env.PLAIN === undefined,
  },
})
