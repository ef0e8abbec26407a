import { fstatSync, readSync } from 'node:fs'
import { CRI_HEAD_BYTES, type LogStream, parseCriRecord } from './cri-record.ts'

/** Where the last lines of a log file are. */
export interface LogTail {
  /** Offset of the first record that may belong to them. */
  readonly position: number
  /** Tells whether the record at `offset` belongs to them, or came after they were found. */
  readonly holds: (offset: number, stream: LogStream) => boolean
}

const CHUNK = 256 * 1024
const LINE_END = 10

/**
 * Finds the last `count` lines of a CRI log file, and the line of each stream that has not ended yet. Reads backwards,
 * as much as these lines take, and holds none of them.
 */
export function findTail(file: number, count: number): LogTail {
  const { size } = fstatSync(file)
  const tail = new TailSearch(count)
  let end: number | undefined
  for (const start of recordStarts(file, size)) {
    // The first is where a record would start that is not whole yet.
    if (end !== undefined) tail.take(start, readHead(file, start, end))
    end = start
    if (tail.isFound) break
  }
  const { starts } = tail
  return {
    position: Math.min(end ?? 0, ...starts.values()),
    holds: (offset, stream) => offset >= (starts.get(stream) ?? (count === 0 ? 0 : size)),
  }
}

type Head = ReturnType<typeof parseCriRecord>

class TailSearch {
  /** Where the wanted records of each stream begin. */
  readonly starts = new Map<LogStream, number>()
  readonly #count: number
  /** Streams whose earliest wanted line may begin in an earlier record. */
  readonly #open = new Set<LogStream>()
  #taken = 0

  constructor(count: number) {
    this.#count = count
  }

  get isFound(): boolean {
    return this.#taken >= this.#count && this.#open.size === 0
  }

  take(start: number, head: Head): void {
    if (head === undefined) return
    const { stream, partial } = head
    const isUnfinished = partial && !this.starts.has(stream)
    if (partial && !isUnfinished && !this.#open.has(stream)) return
    if (!partial && this.#taken === this.#count) {
      this.#open.delete(stream)
      return
    }
    if (!partial) this.#taken += 1
    this.#open.add(stream)
    this.starts.set(stream, start)
  }
}

function readHead(file: number, start: number, end: number): Head {
  const head = Buffer.alloc(Math.min(CRI_HEAD_BYTES, end - start - 1))
  readSync(file, head, 0, head.length, start)
  return parseCriRecord(head)
}

/** Yields the offsets behind all line ends, from the last to the first, and 0. */
function* recordStarts(file: number, size: number): Generator<number, void, undefined> {
  const buffer = Buffer.allocUnsafe(CHUNK)
  for (let chunkEnd = size; chunkEnd > 0; ) {
    const chunkStart = Math.max(0, chunkEnd - CHUNK)
    const count = readSync(file, buffer, 0, chunkEnd - chunkStart, chunkStart)
    const chunk = buffer.subarray(0, count)
    for (let at = chunk.lastIndexOf(LINE_END); at >= 0; ) {
      yield chunkStart + at + 1
      at = at === 0 ? -1 : chunk.lastIndexOf(LINE_END, at - 1)
    }
    chunkEnd = chunkStart
  }
  yield 0
}
