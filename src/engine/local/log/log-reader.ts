import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { errnoNameOf } from '../../../base/errno-name-of.ts'
import { parseCriRecord } from './cri-record.ts'
import { findTail, type LogTail } from './find-tail.ts'
import { LineJoiner, type LogPiece } from './line-joiner.ts'

const CHUNK = 256 * 1024
/** The keeper writes no record of that length; whatever is longer is skipped to its end. */
const LONGEST_RECORD = 1024 * 1024
const LINE_END = 10
const NOTHING = Buffer.alloc(0)

/** Reads a CRI log file, joining the parts of lines. What it holds of the file is bounded, however long a line is. */
export class LogReader implements Disposable {
  readonly #path: string
  readonly #tail: number | undefined
  #file: number | undefined
  #wanted: LogTail | undefined
  /** Where the next byte is read. */
  #position = 0
  /** The start of a record that is not whole yet. */
  #rest: Buffer = NOTHING
  #isSkipping = false
  #joiner = new LineJoiner()

  /** Reads from the last `tail` lines on; undefined is from the beginning. */
  constructor(path: string, tail?: number) {
    this.#path = path
    this.#tail = tail
  }

  /** Settles which lines are the last ones; returns whether the file exists. Without it the first `read` does. */
  open(): boolean {
    return this.#open() !== undefined
  }

  /**
   * Yields the whole lines, and pieces of long ones, that were written between the end of the last call and this one;
   * none without the file. It ends however fast more is written.
   */
  *read(): Generator<LogPiece, void, undefined> {
    const file = this.#open()
    if (file === undefined) return
    const { size } = fstatSync(file)
    if (size < this.#position) this.#startOver()
    const buffer = Buffer.allocUnsafe(CHUNK)
    while (this.#position < size) {
      const count = this.#fill(file, buffer)
      if (count === 0) return
      yield* this.#take(buffer.subarray(0, count))
    }
  }

  [Symbol.dispose](): void {
    if (this.#file !== undefined) closeSync(this.#file)
    this.#file = undefined
  }

  #open(): number | undefined {
    if (this.#file !== undefined) return this.#file
    try {
      this.#file = openSync(this.#path, 'r')
    } catch (error) {
      if (errnoNameOf(error) !== 'ENOENT') throw error
      return undefined
    }
    if (this.#tail !== undefined) this.#wanted = findTail(this.#file, this.#tail)
    this.#position = this.#wanted?.position ?? 0
    return this.#file
  }

  #fill(file: number, buffer: Buffer): number {
    const count = readSync(file, buffer, 0, buffer.length, this.#position)
    this.#position += count
    return count
  }

  *#take(chunk: Buffer): Generator<LogPiece, void, undefined> {
    const data = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk])
    const offset = this.#position - data.length
    let at = 0
    for (let end = data.indexOf(LINE_END); end >= 0; end = data.indexOf(LINE_END, at)) {
      const piece = this.#isSkipping ? undefined : this.#join(data.subarray(at, end), offset + at)
      this.#isSkipping = false
      at = end + 1
      if (piece !== undefined) yield piece
    }
    this.#keep(data.subarray(at))
  }

  /** The chunk that `rest` is a part of is read into again. */
  #keep(rest: Buffer): void {
    this.#isSkipping ||= rest.length > LONGEST_RECORD
    this.#rest = this.#isSkipping || rest.length === 0 ? NOTHING : Buffer.from(rest)
  }

  #join(bytes: Buffer, offset: number): LogPiece | undefined {
    const record = parseCriRecord(bytes)
    if (record === undefined || this.#wanted?.holds(offset, record.stream) === false) return undefined
    return this.#joiner.take(record)
  }

  #startOver(): void {
    this.#position = 0
    this.#wanted = undefined
    this.#rest = NOTHING
    this.#isSkipping = false
    this.#joiner = new LineJoiner()
  }
}
