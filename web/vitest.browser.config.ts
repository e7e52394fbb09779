/** The editor in a real browser, before a real server: `npm run build`, then `npm run test:browser`. */

import { defineConfig } from 'vitest/config'

const pictures = process.env.SCREENSHOTS !== undefined

export default defineConfig({
  test: {
    include: [pictures ? 'tests/browser/screenshots.ts' : 'tests/browser/**/*.test.ts'],
    environment: 'node',
    globalSetup: 'tests/browser/support/ready.ts',
    // Each file has a browser and a server of its own; more than two of them starve each other.
    maxWorkers: pictures ? 1 : 2,
    testTimeout: pictures ? 600_000 : 90_000,
    hookTimeout: 60_000,
    retry: 0,
    // What is waited for has as long as a loaded machine may need; what passes, passes at once.
    expect: { poll: { timeout: 10_000, interval: 40 } },
  },
})
