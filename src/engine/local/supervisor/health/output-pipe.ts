import { closeSync, openSync } from 'node:fs'
import { Socket } from 'node:net'
import { openPipe } from '../../../../linux/pipe.ts'

/** Takes what a process writes. It reads on past what it keeps, so that the process is never stopped by a full pipe. */
export interface OutputPipe extends Disposable {
  /** For the process; closed by `closeWriteEnd`. */
  readonly writeFd: number
  closeWriteEnd(): void
  /**
   * Returns the first bytes as text, with "..." behind them if there were more. Waits for the last writer to close,
   * but only for a moment: a process may leave children behind that hold the pipe.
   */
  collect(): Promise<string>
}

/** Bytes that docker keeps of a probe's output. */
const KEPT_BYTES = 4096
const DRAIN_MS = 100

/** What is read of any pipe. It is taken, or copied, before the next piece: Node would allocate 64 KiB for each instead. */
const piece = Buffer.allocUnsafeSlow(16 * 1024)

/** @throws {SystemCallError} If there is no descriptor left. */
export function openOutputPipe(): OutputPipe {
  const { readFd, writeFd } = openPipe()
  return new SocketOutputPipe(readFd, writeFd)
}

/** Returns a descriptor of /dev/null, for the standard input of a process that gets none. */
export function openNull(): number {
  return openSync('/dev/null', 'r')
}

class SocketOutputPipe implements OutputPipe {
  readonly writeFd: number
  readonly #reader: Socket
  readonly #kept: Buffer[] = []
  #keptBytes = 0
  #isCut = false
  #isWriteEndOpen = true

  constructor(readFd: number, writeFd: number) {
    this.writeFd = writeFd
    const callback = (length: number): boolean => this.#keep(piece.subarray(0, length))
    this.#reader = new Socket({
      ...{ fd: readFd, readable: true, writable: false },
      onread: { buffer: piece, callback },
    })
    this.#reader.on('error', () => this.#reader.destroy())
  }

  closeWriteEnd(): void {
    if (this.#isWriteEndOpen) closeSync(this.writeFd)
    this.#isWriteEndOpen = false
  }

  async collect(): Promise<string> {
    if (!this.#reader.readableEnded && !this.#reader.destroyed) {
      const { promise, resolve } = Promise.withResolvers<void>()
      this.#reader.once('close', resolve)
      const timer = setTimeout(resolve, DRAIN_MS)
      await promise
      clearTimeout(timer)
    }
    return Buffer.concat(this.#kept).toString('utf8') + (this.#isCut ? '...' : '')
  }

  [Symbol.dispose](): void {
    this.closeWriteEnd()
    this.#reader.destroy()
  }

  /** Returns that there may be more. */
  #keep(chunk: Buffer): true {
    const kept = chunk.subarray(0, KEPT_BYTES - this.#keptBytes)
    if (kept.length > 0) this.#kept.push(Buffer.from(kept))
    this.#keptBytes += kept.length
    this.#isCut ||= kept.length < chunk.length
    return true
  }
}
