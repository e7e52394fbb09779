/** A server of its own for tests, in a folder of its own. */

import { spawn, type ChildProcess } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { environment, pythonPath } from './programs'

const STARTS_WITHIN_MILLISECONDS = 40_000

export interface Asked {
  /** Files of a pack of nodes by name, which are written into the folder `pack`. */
  readonly pack?: { readonly [name: string]: string }
  /** How many jobs run at once. */
  readonly jobs?: number
  /** Further arguments of `patchbay serve`. */
  readonly more?: readonly string[]
}

export class Server {
  /** Holds everything that the server reads and writes. */
  readonly folder = mkdtempSync(join(tmpdir(), 'patchbay-browser-'))
  url = ''
  private child: ChildProcess | undefined
  private told = ''

  private constructor(private readonly asked: Asked) {
    for (const name of ['user', 'input', 'output', 'cache', 'pack']) mkdirSync(join(this.folder, name))
    for (const [name, text] of Object.entries(asked.pack ?? {})) this.write(`pack/${name}`, text)
  }

  static async start(asked: Asked = {}): Promise<Server> {
    const server = new Server(asked)
    await server.go(0)
    return server
  }

  /** A file of the server's folder as text. */
  read(name: string): string {
    return readFileSync(join(this.folder, name), 'utf8')
  }

  write(name: string, data: string | Uint8Array): string {
    const path = join(this.folder, name)
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, data)
    return path
  }

  /** A saved workflow as it lies on the disk. */
  saved(name: string): string {
    return this.read(`user/users/default/workflows/${name}`)
  }

  save(name: string, text: string): void {
    this.write(`user/users/default/workflows/${name}`, text)
  }

  /** Kills it without a warning, as a crash of the machine would. */
  async crash(): Promise<void> {
    await this.end('SIGKILL')
  }

  async stop(): Promise<void> {
    await this.end('SIGTERM')
    rmSync(this.folder, { recursive: true, force: true })
  }

  /** Starts again in the same folder and at the same address. */
  async again(): Promise<void> {
    await this.end('SIGTERM')
    await this.go(Number(new URL(this.url).port))
  }

  private async go(port: number): Promise<void> {
    const { jobs = 1, more = [] } = this.asked
    const folders = ['user', 'input', 'output', 'cache'].flatMap((name) => [`--${name}`, name])
    const packs = this.asked.pack === undefined ? [] : ['--packs', 'pack']
    const words = ['-m', 'patchbay', 'serve', '--port', String(port), '--jobs', String(jobs)]
    const child = spawn(pythonPath(), [...words, ...folders, ...packs, ...more], {
      cwd: this.folder,
      env: environment({ XDG_CONFIG_HOME: this.folder }),
      stdio: ['ignore', 'pipe', 'pipe'],
    })
    this.child = child
    this.told = ''
    this.url = await new Promise<string>((done, fail) => {
      const timer = setTimeout(
        () => fail(new Error(`the server does not start: ${this.told}`)),
        STARTS_WITHIN_MILLISECONDS,
      )
      const hear = (data: Buffer): void => {
        this.told += data.toString()
        const found = /listening on (http:\/\/\S+)/.exec(this.told)?.[1]
        if (found === undefined) return
        clearTimeout(timer)
        done(`${found}/`)
      }
      child.stdout.on('data', hear)
      child.stderr.on('data', hear)
      child.once('exit', (code) => fail(new Error(`the server ended with ${String(code)}: ${this.told}`)))
    })
  }

  private async end(signal: NodeJS.Signals): Promise<void> {
    const { child } = this
    this.child = undefined
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
    const gone = new Promise((done) => child.once('exit', done))
    child.kill(signal)
    await gone
  }
}
