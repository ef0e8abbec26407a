import type { Socket } from 'node:net'

/** The other end of a connection, whose bytes are read in turn. */
export class Caller {
  readonly #socket: Socket
  readonly #gone = new AbortController()
  #received: Buffer = Buffer.alloc(0)
  #listener: (() => void) | undefined

  constructor(socket: Socket) {
    this.#socket = socket
    socket.on('data', chunk => {
      this.#received = Buffer.concat([this.#received, chunk])
      this.#listener?.()
    })
    // A reset is an end.
    socket.on('error', () => undefined)
    socket.on('close', () => {
      this.#gone.abort('closed')
      this.#listener?.()
    })
    socket.resume()
  }

  /** Aborts when the connection has ended. */
  get gone(): AbortSignal {
    return this.#gone.signal
  }

  /** Returns the next `count` bytes; undefined if the connection ends, or `signal` aborts, before they come. */
  async take(count: number, signal: AbortSignal): Promise<Buffer | undefined> {
    while (this.#received.length < count) {
      if (this.#gone.signal.aborted || signal.aborted) return undefined
      await this.#next(signal)
    }
    const taken = this.#received.subarray(0, count)
    this.#received = this.#received.subarray(count)
    return taken
  }

  send(reply: string | Buffer): void {
    this.#socket.write(reply)
  }

  /** Ends the connection behind `last`, and resolves when that is sent. */
  async end(last: string | Buffer): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>()
    this.gone.addEventListener('abort', () => resolve(), { once: true })
    this.#socket.end(last, () => resolve())
    await promise
    this.#socket.destroy()
  }

  /** Ends the connection at once. */
  refuse(): void {
    this.#socket.destroy()
  }

  #next(signal: AbortSignal): Promise<void> {
    return new Promise(resolve => {
      const wake = (): void => {
        this.#listener = undefined
        signal.removeEventListener('abort', wake)
        resolve()
      }
      this.#listener = wake
      signal.addEventListener('abort', wake, { once: true })
    })
  }
}
