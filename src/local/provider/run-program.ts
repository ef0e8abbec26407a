import { spawn } from 'node:child_process'
import { constants } from 'node:os'
import { createInterface } from 'node:readline'
import { errnoNameOf } from '../../base/errno-name-of.ts'

/** A program whose lines are followed. */
export interface ProgramCall {
  readonly argv: readonly string[]
  readonly folder: string
  readonly environment: ReadonlyMap<string, string>
  readonly signal: AbortSignal
  /** Takes a line of standard output; false ends the program. */
  readonly onLine: (line: string) => boolean
}

/** How it ended. */
export type ProgramEnd =
  | {
      readonly kind: 'exited'
      /** 128 and the signal's number for one that a signal ended. */
      readonly code: number
      /** The last lines of standard error. */
      readonly complaint: readonly string[]
    }
  | { readonly kind: 'interrupted'; readonly reason: unknown }
  /** It could not be run. */
  | { readonly kind: 'failed'; readonly reason: string }

/** How long a program may take to end by itself once it is to. */
const GRACE_MS = 10_000
const COMPLAINT_LINES = 12
const SIGNALLED = 128

/**
 * Runs a program without standard input, as the leader of a process group. When the signal aborts, or `onLine` wants
 * no more, the group gets SIGTERM, and SIGKILL where it does not end.
 */
export async function runProgram({
  argv,
  folder,
  environment,
  signal,
  onLine,
}: ProgramCall): Promise<ProgramEnd> {
  if (signal.aborted) return { kind: 'interrupted', reason: signal.reason }
  const [program = '', ...args] = argv
  const { promise, resolve } = Promise.withResolvers<ProgramEnd>()
  const child = spawn(program, args, {
    cwd: folder,
    env: Object.fromEntries(environment),
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  })
  let timer: NodeJS.Timeout | undefined
  const end = (): void => {
    if (timer !== undefined) return
    signalGroup(child.pid, 'SIGTERM')
    timer = setTimeout(() => signalGroup(child.pid, 'SIGKILL'), GRACE_MS)
  }
  signal.addEventListener('abort', end)
  const complaint: string[] = []
  createInterface({ input: child.stdout }).on('line', line => {
    if (!onLine(line)) end()
  })
  createInterface({ input: child.stderr }).on('line', line => {
    complaint.push(line)
    if (complaint.length > COMPLAINT_LINES) complaint.shift()
  })
  child.once('error', error => resolve({ kind: 'failed', reason: error.message }))
  child.once('close', (code, name) => {
    if (signal.aborted) resolve({ kind: 'interrupted', reason: signal.reason })
    else
      resolve({
        kind: 'exited',
        code: code ?? SIGNALLED + (name === null ? 0 : constants.signals[name]),
        complaint,
      })
  })
  try {
    return await promise
  } finally {
    clearTimeout(timer)
    signal.removeEventListener('abort', end)
  }
}

function signalGroup(pid: number | undefined, signal: NodeJS.Signals): void {
  try {
    if (pid !== undefined) process.kill(-pid, signal)
  } catch (error) {
    if (errnoNameOf(error) !== 'ESRCH') throw error
  }
}
