import { closeSync, openSync } from 'node:fs'
import { Socket } from 'node:net'
import { TcomposeError } from '../../base/tcompose-error.ts'
import { openPipe } from '../../linux/pipe.ts'
import { type SpawnedProcess, spawnProcess } from '../../linux/spawn-process.ts'
import { findKeeper } from './find-keeper.ts'
import { connectKeeper } from './keeper-client.ts'
import type { KeeperConnection } from './keeper-connection.ts'
import { exitCodeOf } from './process-files.ts'

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
const READY = 'ready\n'

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
  const [word, complaint] = [openPipe(), openPipe()]
  using words = new Reader(word.readFd)
  using complaints = new Reader(complaint.readFd)
  const child = spawnKeeper(binary, args, [word.writeFd, complaint.writeFd])
  if (await words.read(READY)) {
    // It has ended or is about to: the daemon is a child of its child.
    void child.wait()
    return { kind: 'ready' }
  }
  // Every process on the way has spoken or gone.
  await complaints.read()
  const code = exitCodeOf(await child.wait())
  if (code === EXIT_HELD) return { kind: 'held' }
  return { kind: 'failed', reason: complaints.text.trim() || `exit code ${code}` }
}

/** It outlives the command, and takes nothing from the environment of whoever ran that. Closes `outputs`. */
function spawnKeeper(
  program: string,
  args: readonly string[],
  outputs: readonly [number, number],
): SpawnedProcess {
  const input = openSync('/dev/null', 'r')
  try {
    return spawnProcess({ program, args, streams: [input, ...outputs] })
  } catch (error) {
    throw missingProgram(error)
  } finally {
    for (const fd of [input, ...outputs]) closeSync(fd)
  }
}

/** Reads a pipe as text. */
class Reader implements Disposable {
  readonly #socket: Socket
  text = ''

  /** Owns `fd`. */
  constructor(fd: number) {
    this.#socket = new Socket({ fd, readable: true, writable: false })
    this.#socket.setEncoding('utf8')
  }

  /** Returns true once the text begins with `word`, or false at its end. */
  async read(word?: string): Promise<boolean> {
    for await (const piece of this.#socket) {
      this.text += piece
      if (word !== undefined && this.text.startsWith(word)) return true
    }
    return false
  }

  [Symbol.dispose](): void {
    this.#socket.destroy()
  }
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

function missingProgram(cause: unknown): TcomposeError {
  return new TcomposeError(
    'not-built',
    `Cannot start the keeper: ${cause instanceof Error ? cause.message : String(cause)}`,
    {
      hint: 'Run npm run build',
      cause,
    },
  )
}
