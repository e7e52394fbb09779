/** Sees once, before all tests, that there is something to test and something to test it with. */

import { execFileSync } from 'node:child_process'
import { existsSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestProject } from 'vitest/node'
import { browserPath, environment, pythonPath } from './programs'

const ASKED = 'from patchbay.api.site import built_editor; print(built_editor())'

declare module 'vitest' {
  export interface ProvidedContext {
    /** Why the tests cannot run here; '' if they can. */
    lacking: string
  }
}

export default function setup({ provide }: TestProject): void {
  provide('lacking', browserPath() === undefined ? lackOfBrowser() : '')
  const options = { cwd: tmpdir(), env: environment(), encoding: 'utf8' } as const
  const page = join(execFileSync(pythonPath(), ['-c', ASKED], options).trim(), 'index.html')
  if (!existsSync(page)) throw new Error(`${page} is not there: run npm run build first`)
}

function lackOfBrowser(): string {
  const why = 'no Chromium on the PATH: install it (Debian: apt-get install chromium) or name one in CHROMIUM'
  if (process.env.CI !== undefined) throw new Error(why)
  console.warn(`The tests in a browser are skipped: ${why}.`)
  return why
}
