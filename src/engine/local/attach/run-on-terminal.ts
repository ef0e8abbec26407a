import { ReadStream } from 'node:tty'
import { setTerminalSize } from '../../../linux/terminal-size.ts'
import { launchTerminal, type TerminalProcess } from '../../../runtime/keeper/launch-terminal.ts'
import type { LaunchRequest } from '../../../runtime/launch/launch-op.ts'
import type { Terminal } from '../../engine.ts'
import { DetachFilter } from './detach-filter.ts'
import { leaveRunning } from './leave-running.ts'

/**
 * Launches a process on a terminal of its own, joins that to `caller` until the process ends, and returns its wait
 * status; undefined if the caller has left it. Ctrl-C and the like go to the process, as keys.
 *
 * @throws {LaunchFailure} With the index of the operation that failed.
 */
export async function runOnTerminal(
  socketPath: string,
  request: LaunchRequest,
  caller: Terminal,
): Promise<number | undefined> {
  const process = launchTerminal(socketPath, request)
  using _connection = process.connection
  return await joinTerminal(process, request.id, caller)
}

/**
 * Joins the terminal of the process `id` to `caller` until the process ends, and returns its wait status; undefined if the
 * caller has left it, and it goes on.
 */
export async function joinTerminal(
  { master, connection, socket }: Pick<TerminalProcess, 'master' | 'connection' | 'socket'>,
  id: string,
  caller: Terminal,
): Promise<number | undefined> {
  const terminal = new ReadStream(master)
  using _raw = rawMode(caller)
  using _size = followSize(caller, master)
  const { input, output } = caller
  const filter = new DetachFilter(caller.detachKeys ?? [])
  const left = Promise.withResolvers<undefined>()
  const type = (chunk: Buffer): void => {
    const { passed, isDetached } = filter.push(chunk)
    if (passed.length > 0) terminal.write(passed)
    if (isDetached) left.resolve(undefined)
  }
  // It was paused by the process before this one.
  input.on('data', type).resume()
  terminal.pipe(output, { end: false })
  // EIO is how a master ends whose last slave was closed; see pty(7).
  const drained = new Promise<void>(resolve => terminal.once('close', resolve).once('error', () => resolve()))
  const ended = await Promise.race([connection.wait(id), left.promise])
  if (ended === undefined) leaveRunning({ master, socket })
  else await Promise.race([drained, new Promise(resolve => setTimeout(resolve, 100))])
  input.off('data', type)
  input.pause()
  terminal.destroy()
  return ended?.status
}

/** Returns the size of a terminal; one that does not tell has the usual one. */
export function sizeOf({ output }: Terminal): TerminalSize {
  return { rows: output.rows ?? 24, columns: output.columns ?? 80 }
}

/** Puts the terminal of the caller into raw mode until it is disposed of. */
export function rawMode({ input }: Terminal): Disposable {
  if (input.isTTY) input.setRawMode?.(true)
  return {
    [Symbol.dispose]: () => {
      if (input.isTTY) input.setRawMode?.(false)
      input.unref?.()
    },
  }
}

export interface TerminalSize {
  readonly rows: number
  readonly columns: number
}

/**
 * Gives the terminal behind `master` the size of the caller's, now and whenever that changes, and tells `onSize`.
 *
 * @param onSize Nobody hears by default.
 */
export function followSize(
  { output }: Terminal,
  master: number,
  onSize: (size: TerminalSize) => void = () => {},
): Disposable {
  const adopt = (): void => {
    const { rows, columns } = output
    if (rows === undefined || columns === undefined) return
    setTerminalSize(master, { rows, columns })
    onSize({ rows, columns })
  }
  adopt()
  output.on('resize', adopt)
  return { [Symbol.dispose]: () => void output.off('resize', adopt) }
}
