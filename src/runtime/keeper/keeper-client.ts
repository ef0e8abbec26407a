import { connectUnixSocket } from '../../linux/unix-socket.ts'
import type { LaunchRequest, LaunchStep } from '../launch/launch-op.ts'
import { encodeProgram } from '../launch/launch-program.ts'
import { isKeeperStalled, keeperStalled, LaunchFailure, requestError } from './keeper-error.ts'
import { KeeperSocket } from './keeper-socket.ts'
import { encodeLaunchRequest, withAttachedDescriptors } from './launch-request.ts'
import { type LentSocket, lendSockets } from './lend-sockets.ts'
import { MESSAGE_TYPES, type Message, type MessageName, PROTOCOL_VERSION } from './message.ts'
import { WireReader } from './wire-reader.ts'
import { WireWriter } from './wire-writer.ts'

/** Who answers. */
export interface KeeperInfo {
  readonly protocolVersion: number
  readonly pid: number
  /** Clock ticks since boot: with the pid, the process's identity. */
  readonly startTime: bigint
  readonly buildId: string
}

/** The identity of a process that reached its exec. */
export interface LaunchedProcess {
  /** As the host sees it. */
  readonly pid: number
  /** Clock ticks since boot. */
  readonly startTime: bigint
}

/** How a process ended. */
export interface EndedProcess {
  /** As wait(2) gives it. */
  readonly status: number
  /** Nanoseconds since the epoch. */
  readonly finishedAt: bigint
}

/** A process that lives, or whose program has not reached its exec yet. */
export interface ListedProcess extends LaunchedProcess {
  readonly id: string
  readonly kind: 'container' | 'auxiliary'
}

/** A socket that the keeper has bound. */
export interface HeldSocket {
  readonly name: string
  readonly port: number
}

/** A socket for the keeper to bind, and maybe listen on. */
export interface HoldRequest {
  readonly name: string
  /** Path of a network namespace; undefined is the keeper's. */
  readonly netns: string | undefined
  /** AF_INET or AF_INET6. */
  readonly family: number
  /** SOCK_STREAM or SOCK_DGRAM. */
  readonly type: number
  /** 4 or 16 bytes. */
  readonly address: Uint8Array
  /** 0 lets the kernel choose. */
  readonly port: number
  /** 0 binds only. */
  readonly backlog: number
  readonly reuseAddress: boolean
  readonly ipv6Only: boolean
}

/** The start or the end of a container; auxiliary processes are not announced. */
export type KeeperEvent =
  | { readonly kind: 'started'; readonly id: string; readonly pid: number }
  | {
      readonly kind: 'exited'
      readonly id: string
      readonly status: number
      /** Nanoseconds since the epoch. */
      readonly finishedAt: bigint
    }

/** How long the keeper may take for a reply that needs nothing but itself. */
const REPLY_MS = 5000

/**
 * Connects to the keeper that listens at `socketPath`; undefined if none does, or if it ends at this very moment.
 * `replyMs` bounds every reply but that of `wait`.
 *
 * @throws {SystemCallError} If the socket refuses this user.
 * @throws {TcomposeError} `keeper-stalled` if it does not answer.
 */
export async function connectKeeper(
  socketPath: string,
  replyMs: number = REPLY_MS,
): Promise<KeeperConnection | undefined> {
  const fd = connectUnixSocket(socketPath)
  if (fd === undefined) return undefined
  const connection = new KeeperConnection(socketPath, fd, replyMs)
  try {
    await connection.hello()
    return connection
  } catch (error) {
    connection.close()
    if (isKeeperStalled(error)) throw error
    return undefined
  }
}

/**
 * What can be asked of a keeper; docs/keeper.md has the meaning of each. Requests that fail reject with a
 * SystemCallError, a launch with a LaunchFailure, and all with a TcomposeError `keeper` when the connection ends or
 * `keeper-stalled` when the keeper does not answer.
 */
export class KeeperConnection implements Disposable {
  /** Resolves when the connection has ended. */
  readonly closed: Promise<void>
  readonly #socketPath: string
  readonly #socket: KeeperSocket
  readonly #listeners = new Set<(event: KeeperEvent) => void>()

  /** Owns `fd`, connected to the keeper at `socketPath`. */
  constructor(socketPath: string, fd: number, replyMs: number = REPLY_MS) {
    this.#socketPath = socketPath
    const patience = { replyMs, toError: () => keeperStalled(socketPath, replyMs) }
    this.#socket = new KeeperSocket(fd, patience, event => this.#announce(event))
    this.closed = this.#socket.closed
  }

  /** Nothing comes from this keeper any more. */
  get hasEnded(): boolean {
    return this.#socket.hasEnded
  }

  async hello(): Promise<KeeperInfo> {
    const reply = await this.#ask('hello', new WireWriter().u32(PROTOCOL_VERSION))
    return {
      protocolVersion: reply.u32(),
      pid: reply.u32(),
      startTime: reply.u64(),
      buildId: reply.text(),
    }
  }

  /**
   * Resolves when the program has reached its exec. `request` may be the stored payload of `encodeLaunchRequest`.
   * `fds` are the standard streams, three or none; the caller closes its own.
   *
   * @throws {LaunchFailure} With the index of the operation that failed.
   */
  async launch(request: LaunchRequest | Buffer, fds: readonly number[] = []): Promise<LaunchedProcess> {
    const encoded = Buffer.isBuffer(request) ? request : encodeLaunchRequest(request)
    const payload = await this.#socket.request({
      name: 'launch',
      payload: fds.length === 0 ? encoded : withAttachedDescriptors(encoded),
      fds,
      due: 'after-start',
      toError: failure => new LaunchFailure(failure),
    })
    return readLaunched(new WireReader(payload))
  }

  /** Rejects with ESRCH when the process has ended. */
  async signal(id: string, signal: number): Promise<void> {
    await this.#ask('signal', new WireWriter().text(id).u32(signal))
  }

  /** Resolves when the process has ended, at once if it has; rejects with ESRCH for one that is not known. */
  async wait(id: string): Promise<EndedProcess> {
    const payload = new WireWriter().text(id).finish()
    const due = 'some-time'
    const reply = new WireReader(
      await this.#socket.request({ name: 'wait', payload, due, toError: requestError }),
    )
    return { status: reply.i32(), finishedAt: reply.u64() }
  }

  async list(): Promise<readonly ListedProcess[]> {
    const reply = await this.#ask('list', new WireWriter())
    return reply.rows(row => {
      const id = row.text()
      const process = readLaunched(row)
      return { id, ...process, kind: row.u8() === 0 ? 'container' : 'auxiliary' }
    })
  }

  /** Calls `listener` for every start and end of a container from when the promise resolves. */
  async subscribe(listener: (event: KeeperEvent) => void): Promise<void> {
    this.#listeners.add(listener)
    await this.#ask('subscribe', new WireWriter())
  }

  /** Binds a socket that the keeper holds under `name`, and returns its port. Rejects with e.g. EADDRINUSE. */
  async hold(request: HoldRequest): Promise<number> {
    const reply = await this.#ask(
      'hold',
      new WireWriter()
        .text(request.name)
        .text(request.netns ?? '')
        .u32(request.family)
        .u32(request.type)
        .u16(request.port)
        .u16(request.backlog)
        .bytes(request.address)
        .u32((request.reuseAddress ? 1 : 0) | (request.ipv6Only ? 2 : 0)),
    )
    return reply.u16()
  }

  /** Closes the held sockets whose names start with `prefix`, and returns how many. */
  async release(prefix: string): Promise<number> {
    return (await this.#ask('release', new WireWriter().text(prefix))).u32()
  }

  /** Returns duplicates of the held sockets whose names start with `prefix`; the caller closes them. */
  async lend(prefix: string): Promise<readonly LentSocket[]> {
    return lendSockets(this.#socketPath, prefix)
  }

  async held(prefix: string): Promise<readonly HeldSocket[]> {
    const reply = await this.#ask('held', new WireWriter().text(prefix))
    return reply.rows(row => ({ name: row.text(), port: row.u16() }))
  }

  /**
   * Keeps `program` running, its output appended to `logPath`. The same program that runs already is left alone;
   * another one takes its place.
   *
   * @throws {LaunchFailure} If its first start fails; the keeper then gives it up.
   */
  async supervise(program: readonly LaunchStep[], logPath: string): Promise<void> {
    await this.#socket.request({
      name: 'supervise',
      payload: new WireWriter().bytes(encodeProgram(program)).text(logPath).finish(),
      due: 'after-start',
      toError: failure => new LaunchFailure(failure),
    })
  }

  /** Ends the keeper; rejects with EBUSY while a container runs. */
  async quit(): Promise<void> {
    await this.#ask('quit', new WireWriter())
  }

  /** Lets Node exit although the connection is open. */
  unref(): void {
    this.#socket.unref()
  }

  ref(): void {
    this.#socket.ref()
  }

  close(): void {
    this.#socket.close()
  }

  [Symbol.dispose](): void {
    this.close()
  }

  async #ask(name: MessageName, payload: WireWriter): Promise<WireReader> {
    return new WireReader(
      await this.#socket.request({ name, payload: payload.finish(), toError: requestError }),
    )
  }

  #announce(message: Message): void {
    const event = readEvent(message)
    if (event === undefined) return
    for (const listener of this.#listeners) listener(event)
  }
}

function readLaunched(reader: WireReader): LaunchedProcess {
  return { pid: reader.u32(), startTime: reader.u64() }
}

/** A newer keeper may send events that this client does not know. */
function readEvent({ type, payload }: Message): KeeperEvent | undefined {
  const reader = new WireReader(payload)
  switch (type) {
    case MESSAGE_TYPES.started:
      return { kind: 'started', id: reader.text(), pid: reader.u32() }
    case MESSAGE_TYPES.exited:
      return { kind: 'exited', id: reader.text(), status: reader.i32(), finishedAt: reader.u64() }
    default:
      return undefined
  }
}
