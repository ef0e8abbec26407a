import { type ChildProcess, spawn } from 'node:child_process'
import { TcomposeError } from '../../base/tcompose-error.ts'
import { findKeeper } from './find-keeper.ts'
import { connectKeeper } from './keeper-client.ts'
import type { KeeperConnection } from './keeper-connection.ts'

/** Where a project's keeper lives. */
export interface KeeperPlace {
  /** The keeper's program. */
  readonly binary: string
  /** Absolute, as all of these; their folder exists. */
  readonly socketPath: string
  readonly lockPath: string
  readonly logPath: string
}

/** The lock is held by another keeper. */
const EXIT_HELD = 3
/** How long a keeper that is about to end may take to let go of its lock. */
const WAIT_SECONDS = 5

/**
 * Returns a connection to the keeper at `place`, which is started if none listens. The keeper outlives this process.
 *
 * @throws {TcomposeError} `keeper` if it cannot be started, `not-built` if its program is missing.
 */
export async function startKeeper(place: KeeperPlace): Promise<KeeperConnection> {
  const running = await connectKeeper(place.socketPath)
  if (running !== undefined) return running
  const started = await runKeeper(place, [])
  if (started.kind === 'ready') return await connectStarted(place)
  if (started.kind === 'failed') throw startError(started.reason)
  // Another one holds the lock: it listens by now, or it is about to end.
  const other = await connectKeeper(place.socketPath)
  if (other !== undefined) return other
  const second = await runKeeper(place, ['--wait', String(WAIT_SECONDS)])
  if (second.kind === 'ready') return await connectStarted(place)
  throw startError(second.kind === 'failed' ? second.reason : otherHolder(place))
}

type StartOutcome =
  | { readonly kind: 'ready' }
  | { readonly kind: 'held' }
  | { readonly kind: 'failed'; readonly reason: string }

async function runKeeper(place: KeeperPlace, more: readonly string[]): Promise<StartOutcome> {
  const { binary, socketPath, lockPath, logPath } = place
  const args = ['--socket', socketPath, '--lock', lockPath, '--log', logPath, ...more]
  // It outlives the command, and takes nothing from the environment of whoever ran that.
  const child = spawn(binary, args, { cwd: '/', env: {}, stdio: ['ignore', 'pipe', 'pipe'] })
  try {
    return await firstWord(child)
  } finally {
    child.stdout?.destroy()
    child.stderr?.destroy()
    child.unref()
  }
}

/** The daemon says "ready"; until then its parents' exit code or the end of its output shows what is wrong. */
async function firstWord(child: ChildProcess): Promise<StartOutcome> {
  let said = ''
  let complaint = ''
  child.stderr?.on('data', (chunk: Buffer) => {
    complaint += chunk.toString()
  })
  return await new Promise((resolve, reject) => {
    child.once('error', error => reject(missingProgram(error)))
    child.stdout?.on('data', (chunk: Buffer) => {
      said += chunk.toString()
      if (said.startsWith('ready\n')) resolve({ kind: 'ready' })
    })
    // 'close' comes after both streams have ended: every process on the way has spoken or gone.
    child.once('close', code => {
      if (code === EXIT_HELD) resolve({ kind: 'held' })
      else resolve({ kind: 'failed', reason: complaint.trim() || `exit code ${code}` })
    })
  })
}

async function connectStarted({ socketPath }: KeeperPlace): Promise<KeeperConnection> {
  const connection = await connectKeeper(socketPath)
  if (connection === undefined) throw startError(`nothing listens at ${socketPath}`)
  return connection
}

function startError(reason: string): TcomposeError {
  return new TcomposeError('keeper', `Cannot start the keeper: ${reason}`)
}

function otherHolder({ lockPath }: KeeperPlace): string {
  const pid = findKeeper(lockPath)
  return `${pid === undefined ? 'another one' : `process ${pid}`} holds ${lockPath} and does not listen`
}

function missingProgram(cause: Error): TcomposeError {
  return new TcomposeError('not-built', `Cannot start the keeper: ${cause.message}`, {
    hint: 'Run npm run build',
    cause,
  })
}
