import { Socket } from 'node:net'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { sendDescriptors } from '../../linux/unix-socket.ts'
import { decodeFailure, type KeeperFailure, keeperGone, requestError } from './keeper-error.ts'
import { decodeMessages, encodeMessage, type Message, type MessageName, PROTOCOL_VERSION } from './message.ts'
import { WireWriter } from './wire-writer.ts'

interface PendingReply {
  timer?: NodeJS.Timeout
  readonly resolve: (payload: Buffer) => void
  readonly reject: (error: unknown) => void
  readonly toError: (failure: KeeperFailure) => Error
  readonly onMore: (() => void) | undefined
}

/** A request without its number. */
export interface SocketRequest {
  readonly name: MessageName
  readonly payload: Uint8Array
  /** Sent with the request; the caller keeps its own. */
  readonly fds?: readonly number[]
  readonly toError: (failure: KeeperFailure) => Error
  /** Called for a reply that another one follows; without it that one counts. */
  readonly onMore?: () => void
  /**
   * When the reply is due: in time; when a program has been started, and a keeper that works answers other requests
   * meanwhile; or when something happens, whenever that is. @default 'in-time'
   */
  readonly due?: 'in-time' | 'after-start' | 'some-time'
}

/** How long replies may take, and what it means if one takes longer. */
export interface Patience {
  readonly replyMs: number
  readonly toError: () => Error
}

/** What is read of any connection, and copied before the next piece: Node would allocate as much for each piece instead. */
const piece = Buffer.allocUnsafeSlow(64 * 1024)

/** A connection to a keeper: numbered requests out, replies and events in. Requests may overlap. */
export class KeeperSocket {
  readonly closed: Promise<void>
  readonly #fd: number
  readonly #patience: Patience
  readonly #socket: Socket
  readonly #pending = new Map<bigint, PendingReply>()
  readonly #onEvent: (event: Message) => void
  #nextId = 1n
  #rest: Buffer = Buffer.alloc(0)
  #hasEnded = false

  /** Owns `fd`, a connected socket. */
  constructor(fd: number, patience: Patience, onEvent: (event: Message) => void) {
    this.#fd = fd
    this.#patience = patience
    this.#onEvent = onEvent
    const callback = (length: number): boolean => this.#receive(piece.subarray(0, length))
    this.#socket = new Socket({ fd, onread: { buffer: piece, callback } })
    this.closed = new Promise(resolve => {
      this.#socket.on('close', () => {
        this.#fail()
        resolve()
      })
    })
    // 'close' follows and notifies whoever waits.
    this.#socket.on('error', () => {})
    this.#socket.on('end', () => this.#socket.destroy())
  }

  get hasEnded(): boolean {
    return this.#hasEnded
  }

  /** Resolves with the payload of the reply. */
  async request({
    name,
    payload,
    fds = [],
    toError,
    onMore,
    due = 'in-time',
  }: SocketRequest): Promise<Buffer> {
    if (this.#hasEnded) throw keeperGone()
    const id = this.#nextId++
    const message = encodeMessage(name, id, payload)
    const reply = new Promise<Buffer>((resolve, reject) => {
      this.#pending.set(id, { resolve, reject, toError, onMore })
    })
    if (due !== 'some-time') this.#watch(id, due)
    if (fds.length === 0) this.#write(message)
    else await Promise.race([this.#sendWith(message, fds), reply])
    return await reply
  }

  /** What is asked in one turn goes in one call. */
  #write(message: Buffer): void {
    if (this.#socket.writableCorked === 0) {
      this.#socket.cork()
      process.nextTick(() => this.#socket.uncork())
    }
    this.#socket.write(message)
  }

  ref(): void {
    this.#socket.ref()
  }

  unref(): void {
    this.#socket.unref()
  }

  close(): void {
    this.#socket.destroy()
    this.#fail()
  }

  /** Gives a request up whose reply does not come in time. */
  #watch(id: bigint, due: 'in-time' | 'after-start'): void {
    // A reply that came while this process was busy is read before the immediate is run.
    const pending = this.#pending.get(id)
    if (pending === undefined || !Number.isFinite(this.#patience.replyMs)) return
    pending.timer = setTimeout(
      () => setImmediate(() => this.#expire(id, due)),
      this.#patience.replyMs,
    ).unref()
  }

  #expire(id: bigint, due: 'in-time' | 'after-start'): void {
    const pending = this.#pending.get(id)
    if (pending === undefined) return
    if (due === 'in-time') {
      this.#pending.delete(id)
      pending.reject(this.#patience.toError())
      return
    }
    const payload = new WireWriter().u32(PROTOCOL_VERSION).finish()
    this.request({ name: 'hello', payload, toError: requestError }).then(
      () => this.#watch(id, due),
      pending.reject,
    )
  }

  /** Descriptors travel with the first byte that goes by sendmsg(2), so nothing may wait in the stream before it. */
  async #sendWith(message: Buffer, fds: readonly number[]): Promise<void> {
    let sent = 0
    while (sent === 0 && !this.#hasEnded) {
      if (this.#socket.writableLength === 0) sent = sendDescriptors(this.#fd, message, fds)
      if (sent === 0) await nextTurn()
    }
    if (sent < message.length && !this.#hasEnded) this.#socket.write(message.subarray(sent))
  }

  /** Returns that there may be more. */
  #receive(chunk: Buffer): true {
    const { messages, rest } = decodeMessages(Buffer.concat([this.#rest, chunk]))
    this.#rest = rest
    for (const message of messages) this.#dispatch(message)
    return true
  }

  #dispatch(message: Message): void {
    if (message.id === 0n) {
      this.#onEvent(message)
      return
    }
    const pending = this.#pending.get(message.id)
    if (message.hasMore && pending?.onMore !== undefined) {
      pending.onMore()
      return
    }
    this.#pending.delete(message.id)
    clearTimeout(pending?.timer)
    if (message.isFailure) pending?.reject(pending.toError(decodeFailure(message.payload)))
    else pending?.resolve(message.payload)
  }

  #fail(): void {
    this.#hasEnded = true
    for (const { reject, timer } of this.#pending.values()) {
      clearTimeout(timer)
      reject(keeperGone())
    }
    this.#pending.clear()
  }
}
