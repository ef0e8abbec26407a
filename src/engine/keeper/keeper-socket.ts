import { Socket } from 'node:net'
import { setImmediate } from 'node:timers/promises'
import { sendDescriptors } from '../host/unix-socket.ts'
import { decodeFailure, type KeeperFailure, keeperGone } from './keeper-error.ts'
import { decodeMessages, encodeMessage, type Message, type MessageName } from './message.ts'

interface PendingReply {
  readonly resolve: (payload: Buffer) => void
  readonly reject: (error: unknown) => void
  readonly toError: (failure: KeeperFailure) => Error
}

/** A request without its number. */
export interface SocketRequest {
  readonly name: MessageName
  readonly payload: Uint8Array
  /** Sent with the request; the caller keeps its own. */
  readonly fds?: readonly number[]
  readonly toError: (failure: KeeperFailure) => Error
}

/** A connection to a keeper: numbered requests out, replies and events in. Requests may overlap. */
export class KeeperSocket {
  readonly closed: Promise<void>
  readonly #fd: number
  readonly #socket: Socket
  readonly #pending = new Map<bigint, PendingReply>()
  readonly #onEvent: (event: Message) => void
  #nextId = 1n
  #rest: Buffer = Buffer.alloc(0)
  #hasEnded = false

  /** Owns `fd`, a connected socket. */
  constructor(fd: number, onEvent: (event: Message) => void) {
    this.#fd = fd
    this.#onEvent = onEvent
    this.#socket = new Socket({ fd })
    this.closed = new Promise(resolve => {
      this.#socket.on('close', () => {
        this.#fail()
        resolve()
      })
    })
    this.#socket.on('data', chunk => this.#receive(chunk))
    // 'close' follows and tells whoever waits.
    this.#socket.on('error', () => {})
    this.#socket.on('end', () => this.#socket.destroy())
  }

  get hasEnded(): boolean {
    return this.#hasEnded
  }

  /** Resolves with the payload of the reply. */
  async request({ name, payload, fds = [], toError }: SocketRequest): Promise<Buffer> {
    if (this.#hasEnded) throw keeperGone()
    const id = this.#nextId++
    const message = encodeMessage(name, id, payload)
    const reply = new Promise<Buffer>((resolve, reject) => {
      this.#pending.set(id, { resolve, reject, toError })
    })
    if (fds.length === 0) this.#socket.write(message)
    else await Promise.race([this.#sendWith(message, fds), reply])
    return await reply
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

  /** Descriptors travel with the first byte that goes by sendmsg(2), so nothing may wait in the stream before it. */
  async #sendWith(message: Buffer, fds: readonly number[]): Promise<void> {
    let sent = 0
    while (sent === 0 && !this.#hasEnded) {
      if (this.#socket.writableLength === 0) sent = sendDescriptors(this.#fd, message, fds)
      if (sent === 0) await setImmediate()
    }
    if (sent < message.length && !this.#hasEnded) this.#socket.write(message.subarray(sent))
  }

  #receive(chunk: Buffer): void {
    const { messages, rest } = decodeMessages(
      this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk]),
    )
    this.#rest = rest
    for (const message of messages) this.#dispatch(message)
  }

  #dispatch(message: Message): void {
    if (message.id === 0n) {
      this.#onEvent(message)
      return
    }
    const pending = this.#pending.get(message.id)
    this.#pending.delete(message.id)
    if (message.isFailure) pending?.reject(pending.toError(decodeFailure(message.payload)))
    else pending?.resolve(message.payload)
  }

  #fail(): void {
    this.#hasEnded = true
    for (const { reject } of this.#pending.values()) reject(keeperGone())
    this.#pending.clear()
  }
}
