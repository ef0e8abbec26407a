import { spawnSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { constants, tmpdir } from 'node:os'
import { join } from 'node:path'
import { projectRoot } from '../../scripts/project-root.ts'
import type { KeeperConnection } from '../../src/runtime/keeper/keeper-connection.ts'
import { startKeeper } from '../../src/runtime/keeper/start-keeper.ts'
import type { LaunchOp, LaunchRequest, LaunchStep } from '../../src/runtime/launch/launch-op.ts'

export const SIGKILL: number = constants.signals.SIGKILL
export const SIGTERM: number = constants.signals.SIGTERM
const CLONE_NEWNS = 0x20000
const CLONE_NEWUTS = 0x4000000
const CLONE_NEWIPC = 0x8000000
const CLONE_NEWPID = 0x20000000

/** Builds the keeper with sanitizers, whose findings would be in its log. */
export function buildSanitizedKeeper(): void {
  const built = spawnSync(process.execPath, ['scripts/build-native.ts', '--sanitize'], {
    cwd: projectRoot,
    encoding: 'utf8',
  })
  if (built.status !== 0) throw new Error(built.stderr)
}

/** A keeper in a folder of its own. Disposal kills what it started, ends it, and checks that it had nothing to say. */
export class KeeperFixture implements AsyncDisposable {
  readonly folder: string
  readonly connection: KeeperConnection

  private constructor(folder: string, connection: KeeperConnection) {
    this.folder = folder
    this.connection = connection
  }

  static async start(folder: string = mkdtempSync(join(tmpdir(), 'tck'))): Promise<KeeperFixture> {
    return new KeeperFixture(folder, await startKeeper(placeIn(folder)))
  }

  /** Starts a keeper that may have `most` descriptors open until it raises its limit. */
  static async startLimited(most: number): Promise<KeeperFixture> {
    const folder = mkdtempSync(join(tmpdir(), 'tck'))
    const place = placeIn(folder)
    const binary = join(folder, 'limited')
    writeFileSync(binary, `#!/bin/sh\nulimit -Sn ${most}\nexec "${place.binary}" "$@"\n`, { mode: 0o700 })
    return new KeeperFixture(folder, await startKeeper({ ...place, binary }))
  }

  get socketPath(): string {
    return join(this.folder, 's')
  }

  path(name: string): string {
    return join(this.folder, name)
  }

  read(name: string): string {
    return readFileSync(this.path(name), 'utf8')
  }

  /** Log lines of `id` without their times. */
  lines(id: string): readonly string[] {
    return this.read(`${id}.log`)
      .trimEnd()
      .split('\n')
      .map(line => line.slice(line.indexOf(' ') + 1))
  }

  /** A container of the host's own files that runs `script`, with records and a log. */
  container(id: string, script: string, changes: Partial<LaunchRequest> = {}): LaunchRequest {
    return {
      id,
      kind: 'container',
      killOnHangup: false,
      stdinOpen: false,
      cloneFlags: CLONE_NEWNS | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWPID,
      join: undefined,
      cgroup: undefined,
      stateDir: this.folder,
      logPath: this.path(`${id}.log`),
      program: shell(script),
      ...changes,
    }
  }

  /** A process in the container that `changes` tells to join. */
  auxiliary(id: string, script: string, changes: Partial<LaunchRequest>): LaunchRequest {
    return this.container(id, script, {
      kind: 'auxiliary',
      cloneFlags: 0,
      stateDir: undefined,
      ...changes,
    })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const { connection } = this
    if (existsSync(this.socketPath)) {
      for (const { id } of await connection.list()) {
        const ended = connection.wait(id).catch(() => {})
        await connection.signal(id, SIGKILL).catch(() => {})
        await ended
      }
      await connection.quit()
    } else connection.close()
    await connection.closed
    const log = this.read('log')
    rmSync(this.folder, { recursive: true })
    if (log !== '') throw new Error(`The keeper said: ${log}`)
  }
}

export function placeIn(folder: string): Parameters<typeof startKeeper>[0] {
  return {
    binary: join(projectRoot, 'build/native/keeper-asan'),
    socketPath: join(folder, 's'),
    lockPath: join(folder, 'l'),
    logPath: join(folder, 'log'),
  }
}

export function steps(...ops: readonly LaunchOp[]): readonly LaunchStep[] {
  return ops.map(op => ({ op, purpose: 'test', optional: false, origin: undefined }))
}

export function shell(script: string): readonly LaunchStep[] {
  return steps(
    { op: 'parent-death-signal', signal: SIGKILL },
    {
      op: 'exec',
      candidates: ['/missing/sh', '/bin/sh'],
      argv: ['sh', '-c', script],
      environment: ['PATH=/usr/bin:/bin'],
    },
  )
}
