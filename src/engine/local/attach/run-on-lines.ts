import { closeSync, openSync } from 'node:fs'
import type { KeeperConnection } from '../../../runtime/keeper/keeper-connection.ts'
import { exitCodeOf } from '../../../runtime/keeper/process-files.ts'
import { LineRelay } from './line-relay.ts'

/** Where a line comes from. */
export type OutputStream = 'stdout' | 'stderr'

/** Takes a line of output, without its end. */
export type LineListener = (stream: OutputStream, line: string) => void | Promise<void>

/** A process to launch, as it is sent. */
export interface EncodedProcess {
  readonly id: string
  readonly encoded: Buffer
}

/** How the process is followed. */
export interface LinesOptions {
  /** Called for every line of output, in the order of its stream; nothing more is read until a promise is settled. */
  readonly onLine: LineListener
  /** Called when the process runs. */
  readonly onStarted?: (() => void) | undefined
  /** Kills the process when it aborts. */
  readonly signal: AbortSignal
}

const SIGKILL = 9

/**
 * Has the keeper run a process without input, and returns its exit code when it has ended and what it had written by then
 * was passed on.
 *
 * @throws {LaunchFailure} With the index of the operation that failed.
 * @throws {DOMException} `AbortError` when the signal aborts: the process was killed.
 */
export async function runOnLines(
  keeper: KeeperConnection,
  { id, encoded }: EncodedProcess,
  { onLine, onStarted, signal }: LinesOptions,
): Promise<number> {
  const kill = (): void => void keeper.signal(id, SIGKILL).catch(() => undefined)
  using stdout = new LineRelay(line => onLine('stdout', line), kill)
  using stderr = new LineRelay(line => onLine('stderr', line), kill)
  signal.throwIfAborted()
  await launch(keeper, encoded, [stdout.writeFd, stderr.writeFd])
  onStarted?.()
  signal.addEventListener('abort', kill)
  try {
    if (signal.aborted) kill()
    stdout.started()
    stderr.started()
    const { status } = await keeper.wait(id)
    signal.throwIfAborted()
    await Promise.all([stdout.finish(), stderr.finish()])
    return exitCodeOf(status)
  } finally {
    signal.removeEventListener('abort', kill)
  }
}

async function launch(keeper: KeeperConnection, encoded: Buffer, outputs: readonly number[]): Promise<void> {
  const input = openSync('/dev/null', 'r')
  try {
    await keeper.launch(encoded, [input, ...outputs])
  } finally {
    closeSync(input)
  }
}
