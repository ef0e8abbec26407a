import { closeSync } from 'node:fs'
import { Socket, type SocketConstructorOpts } from 'node:net'
import { assertNever } from '../../../../base/assert-never.ts'
import { errnoNameOf } from '../../../../base/errno-name-of.ts'
import { formatMillis, millisOf } from '../../../../base/millis.ts'
import { openInRoot } from '../../../../disk/open-beneath.ts'
import { O_PATH } from '../../../../disk/openat2.ts'
import { socketInNetns } from '../../../../linux/socket-in-netns.ts'
import type { HealthProbe } from '../../../../model/observed-state.ts'
import type { HealthProbeTest } from '../../../../model/service.ts'
import { NO_EXIT_CODE } from '../../state/health-state.ts'
import type { Clock } from '../clock.ts'
import { getStatus } from './get-status.ts'
import type { LogPattern } from './log-pattern.ts'

export interface EngineProbeOptions {
  readonly clock: Clock
  readonly test: HealthProbeTest
  /** Of the container's main process. */
  readonly pid: number
  readonly timeoutMs: number
  /** For a test of the log. */
  readonly pattern: LogPattern | undefined
  /** Ends the probe early; what it returns then has no meaning. */
  readonly signal: AbortSignal
}

/** Runs one probe from outside of the container. What is read of its answers is bounded, and links lead to nothing of the host. */
export async function runEngineProbe(options: EngineProbeOptions): Promise<HealthProbe> {
  const { clock, timeoutMs } = options
  const startedAt = clock.now()
  const timeout = new AbortController()
  const cancel = clock.after(timeoutMs, () => timeout.abort())
  try {
    const output = await answer(options, AbortSignal.any([options.signal, timeout.signal]))
    return { startedAt, endedAt: clock.now(), exitCode: 0, output }
  } catch (error) {
    const exceeded = `Health check exceeded timeout (${formatMillis(millisOf(timeoutMs))})`
    const result = timeout.signal.aborted
      ? { exitCode: NO_EXIT_CODE, output: exceeded }
      : { exitCode: 1, output: reasonOf(error) }
    return { startedAt, endedAt: clock.now(), ...result }
  } finally {
    cancel()
  }
}

/** Returns what to show of a container that is well, and rejects for one that is not. */
async function answer({ test, pid, pattern }: EngineProbeOptions, signal: AbortSignal): Promise<string> {
  switch (test.kind) {
    case 'tcp': {
      using _socket = await connectToPort(pid, test.port, signal)
      return `connected to port ${test.port}`
    }
    case 'http': {
      using socket = await connectToPort(pid, test.port, signal)
      return await getStatus(socket, test, signal)
    }
    case 'unix': {
      using _socket = await connectToFile(pid, test.path, signal)
      return `connected to ${test.path}`
    }
    case 'log':
      return await foundIn(pattern, signal)
    default:
      return assertNever(test)
  }
}

const LOOPBACK = [
  { family: 'ipv4', host: '127.0.0.1' },
  { family: 'ipv6', host: '::1' },
] as const

/** A program may listen on either loopback address; why the first one failed is what counts. */
async function connectToPort(pid: number, port: number, signal: AbortSignal): Promise<Socket & Disposable> {
  let first: unknown
  for (const { family, host } of LOOPBACK) {
    try {
      const options = unconnected(socketInNetns(`/proc/${pid}/ns/net`, { family, type: 'stream' }))
      return await connected(new Socket(options), { port, host }, signal)
    } catch (error) {
      first ??= error
      if (signal.aborted) break
    }
  }
  throw first
}

/** Node would read from a socket at once, which only a connected one allows. */
function unconnected(fd: number): SocketConstructorOpts & { readonly manualStart: true } {
  return { fd, manualStart: true }
}

/** The socket is found as the container finds it. A path by descriptor is short enough for every address. */
async function connectToFile(pid: number, path: string, signal: AbortSignal): Promise<Socket & Disposable> {
  const { fd } = openInRoot(`/proc/${pid}/root`, path, O_PATH)
  try {
    return await connected(new Socket(), { path: `/proc/self/fd/${fd}` }, signal)
  } finally {
    closeSync(fd)
  }
}

async function connected(
  socket: Socket,
  target: { readonly port: number; readonly host: string } | { readonly path: string },
  signal: AbortSignal,
): Promise<Socket & Disposable> {
  const { promise, resolve, reject } = Promise.withResolvers<void>()
  const abort = (): void => void socket.destroy(new Error('the probe was ended'))
  socket.on('error', reject)
  socket.once('connect', resolve)
  signal.addEventListener('abort', abort, { once: true })
  if (signal.aborted) abort()
  else socket.connect(target)
  await promise
  return Object.assign(socket, {
    [Symbol.dispose]: () => {
      signal.removeEventListener('abort', abort)
      socket.destroy()
    },
  })
}

async function foundIn(pattern: LogPattern | undefined, signal: AbortSignal): Promise<string> {
  const line = await pattern?.find(signal)
  if (line === undefined) throw new Error('no line of the log matches yet')
  return line
}

const WORDS: ReadonlyMap<string, string> = new Map([
  ['ECONNREFUSED', 'connection refused'],
  ['ECONNRESET', 'connection reset'],
  ['EPIPE', 'connection closed'],
  ['ENOENT', 'no such file'],
])

function reasonOf(error: unknown): string {
  const words = WORDS.get(errnoNameOf(error) ?? '')
  return words ?? (error instanceof Error ? error.message : String(error))
}
