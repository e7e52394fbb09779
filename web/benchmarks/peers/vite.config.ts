import { fileURLToPath } from 'node:url'
import { svelte } from '@sveltejs/vite-plugin-svelte'
import { defineConfig } from 'vite'

const page = (name: string): string => fileURLToPath(new URL(`${name}.html`, import.meta.url))

export default defineConfig({
  root: fileURLToPath(new URL('.', import.meta.url)),
  base: './',
  configFile: false,
  plugins: [svelte({ configFile: '../../svelte.config.js' })],
  define: { 'process.env.NODE_ENV': '"production"' },
  build: {
    outDir: process.env.OUT ?? '/tmp/patchbay-peers',
    emptyOutDir: true,
    target: 'es2022',
    chunkSizeWarningLimit: 2000,
    rolldownOptions: { input: ['litegraph', 'reactflow', 'svelteflow'].map(page) },
  },
})
