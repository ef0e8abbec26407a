import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { closeSync } from 'node:fs'
import { Socket } from 'node:net'
import { sendDescriptors, unixSocketPair } from '../../../../linux/unix-socket.ts'
import { WireWriter } from '../../../../runtime/keeper/wire-writer.ts'
import type { Clock } from '../clock.ts'
import { type Order, type Report, readReports, writeOrder } from './orders.ts'

/** A running native/names. */
export interface ServerProcess {
  readonly pid: number
  /** Tells it; what is told before is read before. `fds` are closed once they are sent, or cannot be. */
  send(orders: readonly Order[], fds?: readonly number[]): void
  /** Ends it: containers that ask wait for the next. */
  end(): void
}

/** What is done about a running program. */
export interface ServerHooks {
  readonly onReport: (report: Report) => void
  /** Called once when it has ended and was not told to. */
  readonly onEnd: () => void
}

export interface ServerProgram extends ServerHooks {
  /** Path of the program. */
  readonly program: string
  readonly clock: Clock
}

/**
 * Starts the program that answers DNS. It ends with the process that started it: then nothing is at the other end of its
 * standard input.
 *
 * @throws {Error} If it cannot be started.
 */
export async function startServerProcess({
  program,
  clock,
  onReport,
  onEnd,
}: ServerProgram): Promise<ServerProcess> {
  const [own, its] = unixSocketPair('stream')
  const child = spawn(program, [], { cwd: '/', env: {}, stdio: [its, 'ignore', 'inherit'] })
  closeSync(its)
  try {
    await once(child, 'spawn')
  } catch (error) {
    closeSync(own)
    throw error
  }
  child.unref()
  const line = new OwnerLine(own, clock, onReport)
  child.once('exit', () => {
    const wasOpen = line.isOpen
    line.close()
    if (wasOpen) onEnd()
  })
  return {
    pid: child.pid ?? 0,
    send: (orders, fds = []) => line.send(orders, fds),
    end: () => line.close(),
  }
}

/** Where a full buffer of the kernel is looked at again. */
const RETRY_MS = 2

interface Piece {
  readonly data: Buffer
  readonly fds: readonly number[]
}

/** The owner's end of the line. */
class OwnerLine {
  readonly #fd: number
  readonly #clock: Clock
  readonly #socket: Socket
  readonly #pieces: Piece[] = []
  #isPaused = false
  #rest: Buffer = Buffer.alloc(0)
  isOpen = true

  constructor(fd: number, clock: Clock, onReport: (report: Report) => void) {
    this.#fd = fd
    this.#clock = clock
    this.#socket = new Socket({ fd })
    // The end of the program is what tells that it is over.
    this.#socket.on('error', () => {})
    this.#socket.on('data', chunk => {
      const { reports, rest } = readReports(Buffer.concat([this.#rest, chunk]))
      this.#rest = rest
      for (const report of reports) onReport(report)
    })
    this.#socket.unref()
  }

  send(orders: readonly Order[], fds: readonly number[]): void {
    const writer = new WireWriter()
    for (const order of orders) writeOrder(writer, order)
    this.#pieces.push({ data: writer.finish(), fds })
    if (this.isOpen) this.#flush()
    else this.#drop()
  }

  close(): void {
    if (!this.isOpen) return
    this.isOpen = false
    this.#drop()
    this.#socket.destroy()
  }

  #flush(): void {
    try {
      while (!this.#isPaused && this.isOpen) {
        const [first] = this.#pieces
        if (first === undefined) return
        const sent = sendDescriptors(this.#fd, first.data, first.fds)
        if (sent === 0) this.#pause()
        else this.#hasSent(first, sent)
      }
    } catch {
      // Nobody reads: the program has ended, or is about to.
      this.#drop()
    }
  }

  /** Descriptors go with the first byte. */
  #hasSent({ data, fds }: Piece, sent: number): void {
    for (const fd of fds) closeSync(fd)
    if (sent === data.length) this.#pieces.shift()
    else this.#pieces[0] = { data: data.subarray(sent), fds: [] }
  }

  #pause(): void {
    this.#isPaused = true
    this.#clock.after(RETRY_MS, () => {
      this.#isPaused = false
      this.#flush()
    })
  }

  #drop(): void {
    for (const { fds } of this.#pieces.splice(0)) for (const fd of fds) closeSync(fd)
  }
}
