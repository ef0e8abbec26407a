import assert from 'node:assert/strict'
import { type SpawnSyncReturns, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

const LAUNCHER = '/tcompose/dist/tcompose.cjs'
const TIMEOUT_MS = 120_000

/** A project of the machine: a folder with a Compose file, and the built command run there. */
export class GuestProject {
  readonly folder: string
  readonly #environment: Readonly<Record<string, string>>

  /** @param name Part of the folder's name. */
  constructor(name: string, compose: string, environment: Readonly<Record<string, string>> = {}) {
    this.folder = `/tmp/${name}-project`
    this.#environment = environment
    mkdirSync(this.folder, { recursive: true })
    this.write('compose.yaml', compose)
  }

  /** Writes a file of the folder. */
  write(name: string, text: string): void {
    writeFileSync(join(this.folder, name), text)
  }

  /** Runs a command to its end. */
  run(...args: readonly string[]): SpawnSyncReturns<string> {
    const result = spawnSync(process.execPath, [LAUNCHER, ...args], {
      cwd: this.folder,
      encoding: 'utf8',
      timeout: TIMEOUT_MS,
      env: { ...process.env, ...this.#environment },
    })
    assert.ifError(result.error)
    return result
  }

  /** Runs a command that has to succeed, and returns what it writes to standard output. */
  succeed(...args: readonly string[]): string {
    const { status, stdout, stderr } = this.run(...args)
    assert.equal(status, 0, `tcompose ${args.join(' ')} exited with ${status}:\n${stdout}${stderr}`)
    return stdout
  }

  /** Runs a script in the container of a service, and returns what it writes, errors too, whatever becomes of it. */
  inside(service: string, script: string): string {
    return this.succeed('exec', '-T', service, 'sh', '-c', `(${script}) 2>&1 || true`)
  }
}

/** Makes a check of the built command, which is left out if there is none. */
export function ifBuilt(check: () => void): () => string | undefined {
  return () => {
    if (!existsSync(LAUNCHER)) return 'dist is missing: run "npm run build" first'
    check()
    return undefined
  }
}

/** Asks until an assertion holds. */
export function eventually(check: () => void): void {
  const deadline = performance.now() + 30_000
  for (;;) {
    try {
      check()
      return
    } catch (error) {
      if (performance.now() > deadline) throw error
    }
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 200)
  }
}
