import { type LogStream, parseCriRecord } from './cri-record.ts'
import { findTail, type LogTail } from './find-tail.ts'
import { LineJoiner, type LogPiece } from './line-joiner.ts'
import { type LogFile, LogFiles } from './log-files.ts'

const CHUNK = 256 * 1024
/** The keeper writes no record of that length; whatever is longer is skipped to its end. */
const LONGEST_RECORD = 1024 * 1024
const LINE_END = 10
const NOTHING = Buffer.alloc(0)

/** Where to begin. */
export interface LogReaderOptions {
  /** Count of last lines. @default all */
  readonly tail?: number | undefined
  /** Without `tail`, returns the number of the last file to leave out; asked once there is one. @default none is */
  readonly after?: (() => number) | undefined
  /** Without `tail`, what an earlier reader has read. @default nothing */
  readonly from?: LogMark | undefined
}

/** A place in a log. */
export interface LogMark {
  /** Of the file. */
  readonly number: number
  /** In it. */
  readonly position: number
}

const START: LogMark = { number: 0, position: 0 }

/**
 * Reads a CRI log, from file to file, joining the parts of lines. What it holds of the log is bounded, however long a
 * line is. Files that become full while it reads are neither left out nor read twice; only what was removed before it
 * was read is missing.
 */
export class LogReader implements Disposable {
  readonly #files: LogFiles
  readonly #options: LogReaderOptions
  #file: LogFile | undefined
  #wanted: LogTail | undefined
  /** Where the file begins, in the offsets of `LogTail`. */
  #start = 0
  /** Where the next byte of the file is read. */
  #position = 0
  /** The start of a record that is not whole yet. */
  #rest: Buffer = NOTHING
  #isSkipping = false
  #joiner = new LineJoiner()
  /** Where the last record of the file ends that was read. */
  #readTo = 0
  /** Where lines begin whose end has not come. */
  readonly #unfinished = new Map<LogStream, LogMark>()

  constructor(path: string, options: LogReaderOptions = {}) {
    this.#files = new LogFiles(path)
    this.#options = options
  }

  /** Where another reader goes on behind the last line that was yielded; a line that is not whole is read again. */
  get mark(): LogMark {
    const read = this.#file === undefined ? (this.#options.from ?? START) : this.#markAt(this.#readTo)
    return [...this.#unfinished.values()].reduce((a, b) => (isBefore(b, a) ? b : a), read)
  }

  /** Settles which lines are the last ones; returns whether there is a log. Without it the first `read` does. */
  open(): boolean {
    return this.#open() !== undefined
  }

  /**
   * Yields the whole lines, and pieces of long ones, that were written between the end of the last call and this one;
   * none without a log. It ends however fast more is written.
   */
  *read(): Generator<LogPiece, void, undefined> {
    const last = this.#files.inode()
    for (let file = this.#open(); file !== undefined; file = this.#advance(file)) {
      // Asked before the file is read: one that has lost its name is complete.
      const isComplete = !this.#files.isWrittenTo(file)
      yield* this.#readFile(file)
      if (!isComplete || file.bytes.inode === last) return
    }
  }

  [Symbol.dispose](): void {
    this.#file?.bytes[Symbol.dispose]()
    this.#file = undefined
  }

  #open(): LogFile | undefined {
    if (this.#file !== undefined) return this.#file
    const { tail } = this.#options
    if (tail === undefined) {
      this.#file = this.#openFirst()
      return this.#file
    }
    this.#wanted = findTail(this.#files, tail)
    this.#file = this.#wanted?.file
    this.#position = this.#wanted?.position ?? 0
    this.#start = this.#startOf(this.#file) ?? 0
    return this.#file
  }

  /** What is inherited is announced before it is there. */
  #openFirst(): LogFile | undefined {
    const { from } = this.#options
    if (from !== undefined) return this.#openAt(from)
    const first = this.#files.openAfter(0)
    const left = first === undefined ? 0 : (this.#options.after?.() ?? 0)
    if (left === 0) return first
    first?.bytes[Symbol.dispose]()
    return this.#files.openAfter(left)
  }

  /** What was removed since is left out. */
  #openAt({ number, position }: LogMark): LogFile | undefined {
    const file = this.#files.openAfter(number - 1)
    if (file?.number === number && position <= file.bytes.size()) this.#position = position
    this.#readTo = this.#position
    return file
  }

  /** Returns the next file; undefined if `file` is the last so far. */
  #advance(file: LogFile): LogFile | undefined {
    const next = this.#files.openAfter(file.number)
    if (next === undefined) return undefined
    this.#start = this.#startOf(next) ?? this.#start + file.bytes.size()
    this.#position = 0
    this.#readTo = 0
    this.#rest = NOTHING
    this.#isSkipping = false
    file.bytes[Symbol.dispose]()
    this.#file = next
    return next
  }

  #startOf(file: LogFile | undefined): number | undefined {
    return file === undefined ? undefined : this.#wanted?.starts.get(file.number)
  }

  *#readFile({ bytes }: LogFile): Generator<LogPiece, void, undefined> {
    const size = bytes.size()
    if (size < this.#position) this.#startOver()
    const buffer = Buffer.allocUnsafe(CHUNK)
    while (this.#position < size) {
      const count = bytes.read(buffer, this.#position)
      if (count === 0) return
      this.#position += count
      yield* this.#take(buffer.subarray(0, count))
    }
  }

  *#take(chunk: Buffer): Generator<LogPiece, void, undefined> {
    const data = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk])
    const position = this.#position - data.length
    let at = 0
    for (let end = data.indexOf(LINE_END); end >= 0; end = data.indexOf(LINE_END, at)) {
      const start = position + at
      const piece = this.#isSkipping ? undefined : this.#join(data.subarray(at, end), start)
      this.#isSkipping = false
      at = end + 1
      this.#readTo = position + at
      if (piece !== undefined) yield piece
    }
    this.#keep(data.subarray(at))
  }

  /** The chunk that `rest` is a part of is read into again. */
  #keep(rest: Buffer): void {
    this.#isSkipping ||= rest.length > LONGEST_RECORD
    this.#rest = this.#isSkipping || rest.length === 0 ? NOTHING : Buffer.from(rest)
  }

  /** `position` is that of the record in its file. */
  #join(bytes: Buffer, position: number): LogPiece | undefined {
    const record = parseCriRecord(bytes)
    if (record === undefined || this.#wanted?.holds(this.#start + position, record.stream) === false)
      return undefined
    const { stream, partial } = record
    if (!partial) this.#unfinished.delete(stream)
    else if (!this.#unfinished.has(stream)) this.#unfinished.set(stream, this.#markAt(position))
    return this.#joiner.take(record)
  }

  #markAt(position: number): LogMark {
    return { number: this.#file?.number ?? 0, position }
  }

  #startOver(): void {
    this.#unfinished.clear()
    this.#position = 0
    this.#wanted = undefined
    this.#rest = NOTHING
    this.#isSkipping = false
    this.#joiner = new LineJoiner()
  }
}

function isBefore(a: LogMark, b: LogMark): boolean {
  return a.number === b.number ? a.position < b.position : a.number < b.number
}
