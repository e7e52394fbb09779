import { svelte } from '@sveltejs/vite-plugin-svelte'
import { defineConfig } from 'vitest/config'
import { compressed } from './compress.ts'

const server = process.env.PATCHBAY_URL ?? 'http://127.0.0.1:8188'

export default defineConfig({
  plugins: [svelte(), compressed()],
  base: './',
  build: { outDir: '../patchbay/static', emptyOutDir: true, target: 'es2022', sourcemap: false },
  worker: { format: 'es' },
  server: {
    proxy: Object.fromEntries(['/api', '/ws', '/view'].map((path) => [path, { target: server, ws: true }])),
  },
  resolve: process.env.VITEST ? { conditions: ['browser'] } : undefined,
  test: { include: ['tests/unit/**/*.test.ts'], environment: 'node' },
})
