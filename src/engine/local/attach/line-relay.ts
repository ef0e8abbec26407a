import { closeSync } from 'node:fs'
import { Socket } from 'node:net'
import { openWidePipe } from '../../../linux/pipe.ts'
import { LineCutter } from './line-cutter.ts'
import { readAvailable } from './read-available.ts'

/** What a pipe holds: a command that writes much does not wait for every line of it to be shown. */
const PIPE_BYTES = 1 << 18

/** A pipe whose lines go to a listener, one after the other. Disposal closes it. */
export class LineRelay implements Disposable {
  /** The end for the process that writes. */
  readonly writeFd: number
  readonly #readFd: number
  readonly #pipe: Socket
  readonly #onLine: (line: string) => void | Promise<void>
  readonly #onFailure: () => void
  readonly #cutter = new LineCutter()
  #isWriterOpen = true
  /** What was read and not passed on yet. */
  #passing: Promise<void> = Promise.resolve()
  #failure: { readonly error: unknown } | undefined

  /** Reads nothing more until what `onLine` returned is settled. Calls `onFailure` when that fails. */
  constructor(onLine: (line: string) => void | Promise<void>, onFailure: () => void) {
    const { readFd, writeFd } = openWidePipe(PIPE_BYTES)
    this.#readFd = readFd
    this.writeFd = writeFd
    this.#onLine = onLine
    this.#onFailure = onFailure
    this.#pipe = new Socket({ fd: readFd, readable: true, writable: false })
    this.#pipe.on('error', () => this.#pipe.destroy())
  }

  /** Closes the writing end, once the process has it, and begins to read. */
  started(): void {
    this.#closeWriter()
    this.#pipe.on('data', this.#take)
  }

  /**
   * Resolves when the listener has all that was written by now, an incomplete last line too. Waits for no process that
   * still holds the pipe.
   *
   * @throws What the listener threw; from then on the process had no reader.
   */
  async finish(): Promise<void> {
    this.#pipe.off('data', this.#take).pause()
    await this.#passing
    if (this.#failure !== undefined) throw this.#failure.error
    if (!this.#pipe.destroyed) await this.#passRest()
    await this.#passLines(this.#cutter.end())
  }

  [Symbol.dispose](): void {
    this.#closeWriter()
    this.#pipe.destroy()
  }

  readonly #take = (chunk: Buffer): void => {
    this.#pipe.pause()
    this.#passing = this.#pass(chunk).then(
      () => this.#goOn(),
      (error: unknown) => this.#fail(error),
    )
  }

  #goOn(): void {
    if (this.#pipe.listenerCount('data') > 0) this.#pipe.resume()
  }

  #fail(error: unknown): void {
    this.#failure = { error }
    this.#pipe.destroy()
    this.#onFailure()
  }

  #pass(chunk: Buffer): Promise<void> {
    return this.#passLines(this.#cutter.push(chunk))
  }

  async #passLines(lines: readonly string[]): Promise<void> {
    for (const line of lines) {
      const passed = this.#onLine(line)
      if (passed !== undefined) await passed
    }
  }

  async #passRest(): Promise<void> {
    for (const chunk of this.#takeRest()) await this.#pass(chunk)
  }

  /** In one go: in between, the stream would read more, which would be behind what the descriptor gives. */
  #takeRest(): readonly Buffer[] {
    const chunks: Buffer[] = []
    for (let chunk: Buffer | null = this.#pipe.read(); chunk !== null; chunk = this.#pipe.read())
      chunks.push(chunk)
    for (let taken = 0; taken < PIPE_BYTES; ) {
      const chunk = readAvailable(this.#readFd)
      if (chunk.length === 0) break
      chunks.push(chunk)
      taken += chunk.length
    }
    return chunks
  }

  #closeWriter(): void {
    if (this.#isWriterOpen) closeSync(this.writeFd)
    this.#isWriterOpen = false
  }
}
