import { errnoNameOf } from '../../base/errno-name-of.ts'
import { connectUnixSocket } from '../../linux/unix-socket.ts'
import type { LaunchRequest, LaunchStep } from '../launch/launch-op.ts'
import { encodeProgram } from '../launch/launch-program.ts'
import { holdPayload } from './hold-payload.ts'
import type {
  ClosingProject,
  EndedProcess,
  HeldThing,
  HoldRequest,
  KeeperConnection,
  KeeperEvent,
  KeeperInfo,
  LaunchedProcess,
  ListedProcess,
  ProjectLeavings,
} from './keeper-connection.ts'
import { isKeeperStalled, keeperStalled, LaunchFailure, requestError } from './keeper-error.ts'
import { KeeperSocket } from './keeper-socket.ts'
import { encodeLaunchRequest, withAttachedDescriptors } from './launch-request.ts'
import { type LentSocket, lendSockets } from './lend-sockets.ts'
import { MESSAGE_TYPES, type Message, type MessageName, PROTOCOL_VERSION } from './message.ts'
import { WireReader } from './wire-reader.ts'
import { WireWriter } from './wire-writer.ts'

/** A message holds 1 MiB at most. */
const KEPT_PART_BYTES = 512 * 1024
const KEEP_APPEND = 1
const ENTRUST_WAKES = 1

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
  const connection = new KeeperClient(socketPath, fd, replyMs)
  try {
    await connection.identity()
    return connection
  } catch (error) {
    connection.close()
    if (isKeeperStalled(error)) throw error
    return undefined
  }
}

/** A keeper at the other end of a socket. */
export class KeeperClient implements KeeperConnection {
  readonly closed: Promise<void>
  readonly #socketPath: string
  readonly #socket: KeeperSocket
  #identity: Promise<KeeperInfo> | undefined
  #knowsEntrust: Promise<void> | undefined
  readonly #listeners = new Set<(event: KeeperEvent) => void>()

  /** Owns `fd`, connected to the keeper at `socketPath`. */
  constructor(socketPath: string, fd: number, replyMs: number = REPLY_MS) {
    this.#socketPath = socketPath
    const patience = { replyMs, toError: () => keeperStalled(socketPath, replyMs) }
    this.#socket = new KeeperSocket(fd, patience, event => this.#announce(event))
    this.closed = this.#socket.closed
  }

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

  identity(): Promise<KeeperInfo> {
    this.#identity ??= this.hello()
    return this.#identity
  }

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

  async signal(id: string, signal: number): Promise<void> {
    await this.#ask('signal', new WireWriter().text(id).u32(signal))
  }

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

  async subscribe(listener: (event: KeeperEvent) => void): Promise<void> {
    this.#listeners.add(listener)
    await this.#ask('subscribe', new WireWriter())
  }

  async hold(request: HoldRequest): Promise<number> {
    return (await this.#ask('hold', holdPayload(request))).u16()
  }

  async keep(name: string, content: Uint8Array): Promise<void> {
    let at = 0
    do {
      const part = content.subarray(at, at + KEPT_PART_BYTES)
      await this.#ask(
        'keep',
        new WireWriter()
          .text(name)
          .u32(at === 0 ? 0 : KEEP_APPEND)
          .bytes(part),
      )
      at += part.length
    } while (at < content.length)
  }

  async release(prefix: string): Promise<number> {
    return (await this.#ask('release', new WireWriter().text(prefix))).u32()
  }

  async entrust(
    name: string,
    fd: number,
    { wakes = false }: { readonly wakes?: boolean } = {},
  ): Promise<void> {
    this.#knowsEntrust ??= this.#askForEntrust()
    await this.#knowsEntrust
    await this.#socket.request({
      name: 'entrust',
      payload: new WireWriter()
        .text(name)
        .u32(wakes ? ENTRUST_WAKES : 0)
        .finish(),
      fds: [fd],
      toError: requestError,
    })
  }

  /**
   * A keeper of a version without the request would keep the descriptor, and give it to the next process that is launched with
   * some. One that knows it misses a descriptor here.
   */
  async #askForEntrust(): Promise<void> {
    try {
      await this.#ask('entrust', new WireWriter())
    } catch (error) {
      if (errnoNameOf(error) !== 'EBADF') throw error
    }
  }

  async rest(): Promise<void> {
    await this.#ask('rest', new WireWriter())
  }

  async lend(prefix: string): Promise<readonly LentSocket[]> {
    return lendSockets(this.#socketPath, prefix)
  }

  async held(prefix: string): Promise<readonly HeldThing[]> {
    const reply = await this.#ask('held', new WireWriter().text(prefix))
    return reply.rows(row => ({ name: row.text(), port: row.u16() }))
  }

  async supervise(program: readonly LaunchStep[], logPath: string): Promise<void> {
    await this.#socket.request({
      name: 'supervise',
      payload: new WireWriter().bytes(encodeProgram(program)).text(logPath).finish(),
      due: 'after-start',
      toError: failure => new LaunchFailure(failure),
    })
  }

  async quit(): Promise<void> {
    await this.#ask('quit', new WireWriter())
  }

  async closeProject({ messages, folders }: ProjectLeavings): Promise<ClosingProject> {
    const payload = new WireWriter().bytes(messages).u32(folders.length)
    for (const folder of folders) payload.text(folder)
    const confirmed = Promise.withResolvers<void>()
    const reply = this.#socket.request({
      name: 'close',
      payload: payload.finish(),
      due: 'some-time',
      onMore: confirmed.resolve,
      toError: requestError,
    })
    const answers = reply.then(readDatagrams)
    await Promise.race([confirmed.promise, answers])
    answers.catch(() => undefined)
    return { answers }
  }

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

function readDatagrams(payload: Buffer): readonly Buffer[] {
  const reader = new WireReader(payload)
  const datagrams: Buffer[] = []
  while (!reader.isDone) datagrams.push(reader.bytes())
  return datagrams
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
