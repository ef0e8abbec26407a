import { CRI_HEAD_BYTES, type LogStream, parseCriRecord } from './cri-record.ts'
import type { LogBytes } from './log-bytes.ts'
import type { LogFile, LogFiles } from './log-files.ts'

/**
 * Where the last lines of a log are. Offsets are those of the whole log, and count from the start of the file that was
 * written to when they were found, so they are negative in those before.
 */
export interface LogTail {
  /** The file that holds the first record which may belong to them; the caller closes it. */
  readonly file: LogFile
  /** Where in that file it is. */
  readonly position: number
  /** The offset at which a file begins, by its number. */
  readonly starts: ReadonlyMap<number, number>
  /** Tells whether the record at `offset` belongs to them, or came after they were found. */
  readonly holds: (offset: number, stream: LogStream) => boolean
}

const CHUNK = 256 * 1024
const LINE_END = 10

/**
 * Finds the last `count` lines of a CRI log, and the line of each stream that has not ended yet; undefined if there is
 * no log. Reads backwards, as much as these lines take, and holds none of them.
 */
export function findTail(files: LogFiles, count: number): LogTail | undefined {
  const last = files.openLast()
  if (last === undefined) return undefined
  const { size, searched, end, tail } = searchFrom(files, last, count)
  const { starts } = tail
  const first = Math.min(end, ...starts.values())
  const holder = searched.findLast(({ start }) => start <= first) ?? { file: last, start: 0 }
  for (const { file } of searched) if (file !== holder.file) file.bytes[Symbol.dispose]()
  return {
    file: holder.file,
    position: first - holder.start,
    starts: new Map(searched.map(({ file, start }) => [file.number, start])),
    holds: (offset, stream) => offset >= (starts.get(stream) ?? (count === 0 ? 0 : size)),
  }
}

interface SearchedFile {
  readonly file: LogFile
  readonly start: number
}

interface Search {
  /** Of the last file, when the search began. */
  readonly size: number
  /** Oldest first. */
  readonly searched: readonly SearchedFile[]
  /** Where the earliest record begins that was looked at. */
  readonly end: number
  readonly tail: TailSearch
}

function searchFrom(files: LogFiles, last: LogFile, count: number): Search {
  const tail = new TailSearch(count)
  const size = last.bytes.size()
  const searched: SearchedFile[] = [{ file: last, start: 0 }]
  let end = searchFile(last.bytes, { size, start: 0 }, tail)
  for (let { number } = last; !tail.isFound; ) {
    const file = files.openBefore(number)
    if (file === undefined) break
    const length = file.bytes.size()
    const start = (searched[0]?.start ?? 0) - length
    searched.unshift({ file, start })
    end = searchFile(file.bytes, { size: length, start }, tail)
    number = file.number
  }
  return { size, searched, end, tail }
}

/** Returns the offset of the earliest record that was looked at. */
function searchFile(
  bytes: LogBytes,
  { size, start }: { readonly size: number; readonly start: number },
  tail: TailSearch,
): number {
  let end: number | undefined
  for (const at of recordStarts(bytes, size)) {
    // The first is where a record would start that is not whole yet.
    if (end !== undefined) tail.take(start + at, readHead(bytes, at, end))
    end = at
    if (tail.isFound) break
  }
  return start + (end ?? 0)
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

function readHead(bytes: LogBytes, start: number, end: number): Head {
  const head = Buffer.alloc(Math.min(CRI_HEAD_BYTES, end - start - 1))
  readWhole(bytes, head, start)
  return parseCriRecord(head)
}

/** Yields the offsets behind all line ends, from the last to the first, and 0. */
function* recordStarts(bytes: LogBytes, size: number): Generator<number, void, undefined> {
  const buffer = Buffer.allocUnsafe(CHUNK)
  for (let chunkEnd = size; chunkEnd > 0; ) {
    const chunkStart = Math.max(0, chunkEnd - CHUNK)
    const chunk = buffer.subarray(0, chunkEnd - chunkStart)
    const found = chunk.subarray(0, readWhole(bytes, chunk, chunkStart))
    for (let at = found.lastIndexOf(LINE_END); at >= 0; ) {
      yield chunkStart + at + 1
      at = at === 0 ? -1 : found.lastIndexOf(LINE_END, at - 1)
    }
    chunkEnd = chunkStart
  }
  yield 0
}

/** Returns how much of `buffer` could be filled. */
function readWhole(bytes: LogBytes, buffer: Buffer, position: number): number {
  let length = 0
  while (length < buffer.length) {
    const count = bytes.read(buffer.subarray(length), position + length)
    if (count === 0) break
    length += count
  }
  return length
}
