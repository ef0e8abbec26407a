import { closeSync, openSync } from 'node:fs'

/** What a thread reads of a blob that grows behind the descriptor `fd`, and that whoever writes it checks. */
export interface ArrivingSource {
  readonly kind: 'arriving'
  readonly fd: number
  /** Bytes of the whole blob. */
  readonly size: number
  /** How much of it is there, for `waitForArrival`. */
  readonly arrived: SharedArrayBuffer
}

/** In place of a count: what had arrived was thrown away, or nothing more will come. */
const BROKEN = -1n
/** Readers are woken when this much more is there. */
const NEWS_BYTES: number = 256 * 1024

/**
 * A blob on its way into a file, for threads that read it meanwhile. The file may be renamed; its bytes may not be
 * replaced: a smaller count than the one before breaks it for good, and readers then fail.
 */
export class ArrivingBlob implements Disposable {
  readonly #size: number
  readonly #arrived = new BigInt64Array(new SharedArrayBuffer(BigInt64Array.BYTES_PER_ELEMENT))
  readonly #opened = Promise.withResolvers<number>()
  #fd: number | undefined
  #told = 0

  constructor(size: number) {
    this.#size = size
    // Nobody may be waiting for the first bytes when it breaks.
    this.#opened.promise.catch(() => {})
  }

  /** Says that the first `present` bytes are in `file`. */
  tell(file: string, present: number): void {
    const before = Atomics.load(this.#arrived, 0)
    if (before === BROKEN) return
    if (present < before) this.break()
    else this.#grow(file, present)
  }

  /** Says that it has ended, well or not: unless all came, readers fail. */
  end(): void {
    if (Atomics.load(this.#arrived, 0) < this.#size) this.break()
  }

  /** Says that what came is no good. */
  break(): void {
    this.#opened.reject(new Error('The blob did not arrive'))
    Atomics.store(this.#arrived, 0, BROKEN)
    Atomics.notify(this.#arrived, 0)
  }

  /** Returns what a thread reads. It is valid until this is disposed. @throws {Error} If nothing arrives. */
  async source(): Promise<ArrivingSource> {
    const fd = await this.#opened.promise
    return { kind: 'arriving', fd, size: this.#size, arrived: this.#arrived.buffer }
  }

  [Symbol.dispose](): void {
    this.break()
    if (this.#fd !== undefined) closeSync(this.#fd)
  }

  #grow(file: string, present: number): void {
    if (this.#fd === undefined) {
      this.#fd = openSync(file, 'r')
      this.#opened.resolve(this.#fd)
    }
    Atomics.store(this.#arrived, 0, BigInt(present))
    if (present - this.#told < NEWS_BYTES && present < this.#size) return
    this.#told = present
    Atomics.notify(this.#arrived, 0)
  }
}

/** Resolves when the first `count` bytes are there. @throws {Error} If they will not come. */
export async function waitForArrival(memory: SharedArrayBuffer, count: number): Promise<void> {
  const arrived = new BigInt64Array(memory)
  for (;;) {
    const present = Atomics.load(arrived, 0)
    if (present === BROKEN) throw new Error('The blob stopped arriving')
    if (present >= count) return
    const waiting = Atomics.waitAsync(arrived, 0, present)
    if (waiting.async) await waiting.value
  }
}
