import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { constants } from 'node:os'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { signalOrphan } from '../../src/engine/local/apply/end-orphan.ts'
import { SystemCallError } from '../../src/linux/libc.ts'
import { readProcessStat } from '../../src/linux/process-stat.ts'
import type {
  ClosingProject,
  EndedProcess,
  HeldThing,
  HoldRequest,
  KeeperConnection,
  KeeperInfo,
  LaunchedProcess,
  ListedProcess,
  ProjectLeavings,
} from '../../src/runtime/keeper/keeper-connection.ts'
import type { LaunchFailure } from '../../src/runtime/keeper/keeper-error.ts'
import { encodeLaunchRequest } from '../../src/runtime/keeper/launch-request.ts'
import { WireReader } from '../../src/runtime/keeper/wire-reader.ts'
import type { LaunchRequest, LaunchStep } from '../../src/runtime/launch/launch-op.ts'

const { errno, signals } = constants
const SOCK_STREAM = 1
/** The first port that the kernel chooses. */
const CHOSEN_PORT = 49_152

interface KeptProcess extends LaunchedProcess {
  readonly parent: ChildProcess
  readonly ended: Promise<EndedProcess>
}

/** Where a keeper is, as far as others look. */
export interface FakeKeeperPlace {
  /** A folder for its program. */
  readonly folder: string
  readonly lock: string
}

/** Runs the script $1, says its pid, and ends as it does. */
const PARENT = 'sh -c "$1" & echo "pid $!"; wait $!'

/**
 * A keeper without containers: in place of the program of each it runs a script of a shell, as a process of the test's
 * own below one that has the name of a keeper, and writes down its pid and its end as a keeper does. Sockets are in
 * memory. Disposing ends the processes.
 */
export class FakeKeeper implements KeeperConnection, AsyncDisposable {
  /** What was asked, in order, but for waits and looks; of signals those that found their process. */
  readonly asked: string[] = []
  /** The script of every container; it is running once it has written something. */
  script = 'echo ready; exec sleep 60'
  /** errno names by the host port that cannot be had. */
  readonly refusedPorts: Map<number, 'EADDRINUSE' | 'EADDRNOTAVAIL' | 'EACCES'> = new Map()
  /** It is of a version that knows the end of a project. */
  closesProjects = false
  /** What the next launch fails with. */
  launchFailure: LaunchFailure | undefined
  supervised: readonly LaunchStep[] | undefined
  hasEnded = false
  readonly closed: Promise<void>
  readonly #close: () => void
  readonly #place: FakeKeeperPlace
  readonly #processes = new Map<string, KeptProcess>()
  readonly #held = new Map<string, HeldThing>()

  constructor(place: FakeKeeperPlace) {
    this.#place = place
    const { promise, resolve } = Promise.withResolvers<void>()
    this.closed = promise
    this.#close = resolve
  }

  async hello(): Promise<KeeperInfo> {
    return { protocolVersion: 1, pid: process.pid, startTime: 1n, buildId: 'fake' }
  }

  identity(): Promise<KeeperInfo> {
    return this.hello()
  }

  async launch(request: LaunchRequest | Buffer): Promise<LaunchedProcess> {
    const { id, stateDir } = readRequest(Buffer.isBuffer(request) ? request : encodeLaunchRequest(request))
    this.asked.push(`launch ${id.slice(0, 12)}`)
    if (this.launchFailure !== undefined) throw this.launchFailure
    return await this.run(id, stateDir)
  }

  /** Runs the script as the process of container `id`, whose pid and end are written to `stateDir`. */
  async run(id: string, stateDir: string): Promise<LaunchedProcess> {
    const program = join(this.#place.folder, 'tc-keeper')
    if (!existsSync(program)) symlinkSync('/bin/sh', program)
    const args = ['-c', PARENT, this.#place.lock, this.script, '']
    const parent = spawn(program, args, { stdio: ['ignore', 'pipe', 'ignore'] })
    const ended = once(parent, 'exit').then(([code, signal]): EndedProcess => {
      const end = { status: waitStatus(code, signal), finishedAt: nowNanos() }
      if (signal === null) writeFileSync(join(stateDir, 'exit'), `${end.status} ${end.finishedAt}\n`)
      return end
    })
    const pid = await readPid(parent.stdout)
    const startTime = readProcessStat(pid)?.startTime ?? -1
    rmSync(join(stateDir, 'exit'), { force: true })
    writeFileSync(join(stateDir, 'pid'), `${pid} ${startTime} ${nowNanos()}\n`)
    const launched = { pid, startTime: BigInt(startTime) }
    this.#processes.set(id, { ...launched, parent, ended })
    return launched
  }

  /** Ends the process that has the name of a keeper, as that of container `id`; the container's own lives on. */
  async die(id: string): Promise<void> {
    const { parent, ended } = this.#process(id)
    parent.kill('SIGKILL')
    await ended
  }

  async signal(id: string, signal: number): Promise<void> {
    const { pid, parent } = this.#process(id)
    if (!isRunning(parent)) throw noProcess(id)
    this.asked.push(`signal ${signal}`)
    process.kill(pid, signal)
  }

  async wait(id: string): Promise<EndedProcess> {
    return await this.#process(id).ended
  }

  async list(): Promise<readonly ListedProcess[]> {
    return [...this.#processes].map(([id, { pid, startTime }]) => ({ id, pid, startTime, kind: 'container' }))
  }

  async subscribe(): Promise<void> {}

  async hold({ name, type, address, port }: HoldRequest): Promise<number> {
    const endpoint = `${type === SOCK_STREAM ? 'tcp' : 'udp'} ${address.join('.')}:${port}`
    this.asked.push(`hold ${endpoint}`)
    const refusal = this.refusedPorts.get(port)
    if (refusal !== undefined) throw new SystemCallError('bind', errno[refusal], endpoint)
    const bound = port === 0 ? CHOSEN_PORT : port
    this.#held.set(name, { name, port: bound })
    return bound
  }

  async keep(name: string, content: Uint8Array): Promise<void> {
    this.asked.push(`keep ${content.length} bytes`)
    this.#held.set(name, { name, port: 0 })
  }

  async release(prefix: string): Promise<number> {
    const names = [...this.#held.keys()].filter(name => name.startsWith(prefix))
    for (const name of names) this.#held.delete(name)
    if (names.length > 0) this.asked.push(`release ${names.length}`)
    return names.length
  }

  async entrust(name: string): Promise<void> {
    this.asked.push(`entrust ${name}`)
    this.#held.set(name, { name, port: 0 })
  }

  async rest(): Promise<void> {
    this.asked.push('rest')
  }

  async lend(): Promise<readonly []> {
    return []
  }

  async held(prefix: string): Promise<readonly HeldThing[]> {
    return [...this.#held.values()].filter(({ name }) => name.startsWith(prefix))
  }

  async supervise(program: readonly LaunchStep[]): Promise<void> {
    this.asked.push('supervise')
    this.supervised = program
  }

  async quit(): Promise<void> {
    this.asked.push('quit')
    const isBusy = [...this.#processes.values()].some(({ parent }) => isRunning(parent))
    if (isBusy) throw new SystemCallError('quit', errno.EBUSY, 'of the keeper')
    this.hasEnded = true
    this.#close()
  }

  async closeProject({ folders }: ProjectLeavings): Promise<ClosingProject> {
    if (!this.closesProjects) throw new SystemCallError('unknown request', errno.ENOSYS, 'of the keeper')
    this.asked.push(`close project with ${folders.length} folders`)
    return { answers: Promise.resolve([]) }
  }

  unref(): void {}

  ref(): void {}

  close(): void {
    this.asked.push('close')
  }

  [Symbol.dispose](): void {
    this.close()
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const { pid, startTime } of this.#processes.values())
      signalOrphan({ pid, startTime: Number(startTime), startedAt: 0 }, signals.SIGKILL)
    await Promise.all([...this.#processes.values()].map(({ ended }) => ended))
  }

  #process(id: string): KeptProcess {
    const found = this.#processes.get(id)
    if (found === undefined) throw noProcess(id)
    return found
  }
}

/** Reads the fields that a keeper acts on in a payload of `encodeLaunchRequest`. */
function readRequest(encoded: Buffer): { readonly id: string; readonly stateDir: string } {
  const reader = new WireReader(encoded)
  const id = reader.text()
  for (const read of ['u8', 'u8', 'u16', 'u32', 'text', 'text'] as const) reader[read]()
  return { id, stateDir: reader.text() }
}

function noProcess(id: string): SystemCallError {
  return new SystemCallError('kill', errno.ESRCH, id)
}

/** Reads what a parent says until its script has said something too. */
async function readPid(output: Readable): Promise<number> {
  let said = ''
  for await (const chunk of output) {
    said += String(chunk)
    const [, pid] = /^pid (\d+)$/m.exec(said) ?? []
    if (pid !== undefined && said.trimEnd().includes('\n')) return Number(pid)
  }
  throw new Error(`Cannot run the script of a container: it said ${JSON.stringify(said)}`)
}

function isRunning({ exitCode, signalCode }: ChildProcess): boolean {
  return exitCode === null && signalCode === null
}

/** As wait(2) gives it: a code is in the second byte, a signal in the first. A shell adds 128 to the signal of its child. */
function waitStatus(code: number | null, signal: NodeJS.Signals | null): number {
  if (signal !== null) return signals[signal]
  return code !== null && code > 128 ? code - 128 : (code ?? 0) << 8
}

function nowNanos(): bigint {
  return BigInt(Date.now()) * 1_000_000n
}
