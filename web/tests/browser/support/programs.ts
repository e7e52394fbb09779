/** The programs that the tests drive: a browser, and the Python that serves. */

import { accessSync, constants, existsSync } from 'node:fs'
import { delimiter, join, resolve } from 'node:path'

const ROOT = resolve(import.meta.dirname, '../../../..')
const BROWSERS = ['chromium', 'chromium-browser', 'google-chrome', 'chrome']

/** The checkout that the tests belong to. */
export const repository = ROOT

/** The browser's path; undefined if there is none. `CHROMIUM` names another. */
export function browserPath(): string | undefined {
  const folders = (process.env.PATH ?? '').split(delimiter)
  const named = BROWSERS.flatMap((name) => folders.map((folder) => join(folder, name)))
  return [process.env.CHROMIUM ?? '', ...named].find((path) => path !== '' && isProgram(path))
}

/** The Python that has Patchbay's libraries. */
export function pythonPath(): string {
  const own = join(ROOT, '.venv', 'bin', 'python')
  return process.env.PATCHBAY_PYTHON ?? (existsSync(own) ? own : 'python3')
}

/** What the Python finds Patchbay by: a checkout named in PYTHONPATH before this one. */
export function environment(more: NodeJS.ProcessEnv = {}): NodeJS.ProcessEnv {
  const paths = [process.env.PYTHONPATH, ROOT].filter((path) => path !== undefined && path !== '')
  return { ...process.env, PYTHONPATH: paths.join(delimiter), PYTHONUNBUFFERED: '1', ...more }
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK)
    return true
  } catch {
    return false
  }
}
