import { createHash } from 'node:crypto'
import { mkdirSync, readFileSync, rmSync, type Stats, statSync } from 'node:fs'
import { join } from 'node:path'
import { sha256Hex } from '../../../../base/sha256.ts'
import type { BytePath } from '../../../../disk/byte-path.ts'
import { namesIn } from '../../../../disk/names-in.ts'
import { writeAtomic } from '../../../../disk/write-atomic.ts'

/** What is known of a file while its inode, size, times and mode stay as they are. */
export interface FileMemo {
  /** Hex digits. */
  readonly sha256: string
  /** Whether it has extended attributes that belong to an image. */
  readonly hasXattrs: boolean
}

/** Returns the file of the memo of the context at `path`, below the folder of what builds keep. */
export function memoFile(buildFolder: string, path: string): string {
  return join(buildFolder, 'contexts', sha256Hex(path))
}

/**
 * The hashes of the files of a context, from one build to the next. A file that was changed so shortly before it was
 * read that another change may have left the same times is forgotten when the memo is written, so it is read again.
 */
export class StatMemo {
  readonly #path: string
  readonly #known: Columns
  readonly #fresh = new Map<BytePath, { readonly stats: Stats; readonly memo: FileMemo }>()
  readonly #kept = new Set<number>()

  /** @param path Its file; one that is damaged, or none, counts as empty. */
  constructor(path: string) {
    this.#path = path
    this.#known = readColumns(path)
  }

  /** Returns what is known of the file at `path` if it is as `stats` say. */
  find(path: BytePath, stats: Stats): FileMemo | undefined {
    const index = this.#known.indexes.get(path)
    if (index === undefined || !this.#known.isSame(index, stats)) return undefined
    this.#kept.add(index)
    return this.#known.memoAt(index)
  }

  /** Keeps what was read of a file that was as `stats` say before it was read. */
  add(path: BytePath, stats: Stats, memo: FileMemo): void {
    this.#fresh.set(path, { stats, memo })
  }

  /**
   * Returns the paths that are not as the memo has them, of those that were asked for or are gone; of files that it does
   * not have only if there are no others, since it may just have forgotten them.
   */
  changes(isGone: (path: BytePath) => boolean): readonly BytePath[] {
    const known = this.#known
    const gone = [...known.indexes.keys()].filter(path => !this.#fresh.has(path) && isGone(path))
    const read = [...this.#fresh].map(([path, { memo }]) => ({ path, memo, index: known.indexes.get(path) }))
    const changed = read.filter(
      ({ memo, index }) => index !== undefined && known.memoAt(index).sha256 !== memo.sha256,
    )
    const added = read.filter(({ index }) => index === undefined)
    const found = changed.length + gone.length > 0 ? changed : added
    return [...gone, ...found.map(({ path }) => path)].sort()
  }

  /**
   * Writes what is known to the file, if anything was added.
   *
   * @param readSince When the first file was looked at, milliseconds since the epoch.
   * @param isGone Tells whether a path that nobody asked for is known not to be there any more.
   */
  save(readSince: number, isGone: (path: BytePath) => boolean): void {
    const settled = [...this.#fresh].filter(([, { stats }]) => isSettled(stats, readSince))
    if (settled.length === 0) return
    const lines = new ColumnWriter()
    for (const [path, index] of this.#known.indexes) {
      if (!this.#fresh.has(path) && (this.#kept.has(index) || !isGone(path)))
        lines.copy(this.#known, index, path)
    }
    for (const [path, { stats, memo }] of settled) lines.add(path, stats, memo)
    if (lines.count > MOST_FILES) return
    const folder = join(this.#path, '..')
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    writeAtomic(this.#path, lines.toBytes(), { temporaries: folder })
    removeOldest(folder)
  }
}

/** About 200 MB of memos at most: more is no context. */
const MOST_FILES = 1_000_000
const MOST_MEMOS = 64

/** Memos of contexts that were not built for the longest time go. */
function removeOldest(folder: string): void {
  const names = namesIn(folder)
  if (names.length <= MOST_MEMOS) return
  const aged = names.map(name => {
    const path = join(folder, name)
    return { path, time: statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0 }
  })
  for (const { path } of aged.toSorted((a, b) => b.time - a.time).slice(MOST_MEMOS)) {
    rmSync(path, { force: true, recursive: true })
  }
}

/** Longer than a tick of the kernel's clock of files; times in whole seconds come from coarser file systems. */
const TICK_MS = 40
const COARSE_TICK_MS = 2000

function isSettled({ mtimeMs, ctimeMs }: Stats, readSince: number): boolean {
  const isCoarse = mtimeMs % 1000 === 0 && ctimeMs % 1000 === 0
  return Math.max(mtimeMs, ctimeMs) < readSince - (isCoarse ? COARSE_TICK_MS : TICK_MS)
}

const MAGIC = 'tcompose stat memo 1'
const NUMBERS = 6
const HASH_BYTES = 32
const CHECK_BYTES = 32

/**
 * The form of the file: a line of text with the count of files, the bytes of their paths and of the padding, then a
 * SHA-256 of the rest; the paths, each with a NUL; padding to a multiple of 8; numbers; hashes.
 */
class Columns {
  readonly indexes = new Map<BytePath, number>()
  readonly #numbers: Float64Array
  readonly #hashes: Buffer

  constructor(paths: readonly BytePath[], numbers: Float64Array, hashes: Buffer) {
    for (const [index, path] of paths.entries()) this.indexes.set(path, index)
    this.#numbers = numbers
    this.#hashes = hashes
  }

  isSame(index: number, stats: Stats): boolean {
    const numbers = this.#numbers
    const at = index * NUMBERS
    return (
      numbers[at] === stats.ino &&
      numbers[at + 1] === stats.size &&
      numbers[at + 2] === stats.mtimeMs &&
      numbers[at + 3] === stats.ctimeMs &&
      numbers[at + 4] === stats.dev &&
      (numbers[at + 5] ?? 0) >>> 1 === stats.mode
    )
  }

  memoAt(index: number): FileMemo {
    return {
      sha256: this.#hashes.toString('hex', index * HASH_BYTES, (index + 1) * HASH_BYTES),
      hasXattrs: ((this.#numbers[index * NUMBERS + 5] ?? 0) & 1) === 1,
    }
  }

  numbersAt(index: number): readonly number[] {
    return [...this.#numbers.subarray(index * NUMBERS, (index + 1) * NUMBERS)]
  }
}

class ColumnWriter {
  readonly #paths: BytePath[] = []
  readonly #numbers: number[] = []
  readonly #hashes: string[] = []

  get count(): number {
    return this.#paths.length
  }

  copy(columns: Columns, index: number, path: BytePath): void {
    this.#paths.push(path)
    this.#numbers.push(...columns.numbersAt(index))
    this.#hashes.push(columns.memoAt(index).sha256)
  }

  add(path: BytePath, { ino, size, mtimeMs, ctimeMs, dev, mode }: Stats, memo: FileMemo): void {
    this.#paths.push(path)
    this.#numbers.push(ino, size, mtimeMs, ctimeMs, dev, mode * 2 + Number(memo.hasXattrs))
    this.#hashes.push(memo.sha256)
  }

  toBytes(): Buffer {
    const paths = Buffer.from(this.#paths.map(path => `${path}\0`).join(''), 'latin1')
    const padding = Buffer.alloc((8 - (paths.length % 8)) % 8)
    const numbers = Buffer.from(new Float64Array(this.#numbers).buffer)
    const content = Buffer.concat([paths, padding, numbers, Buffer.from(this.#hashes.join(''), 'hex')])
    const line = `${MAGIC} ${this.count} ${paths.length} ${padding.length}\n`
    return Buffer.concat([Buffer.from(line), checkOf(content), content])
  }
}

function readColumns(path: string): Columns {
  const found = parseColumns(readBytes(path))
  return found ?? new Columns([], new Float64Array(), Buffer.alloc(0))
}

function readBytes(path: string): Buffer {
  try {
    return readFileSync(path)
  } catch {
    return Buffer.alloc(0)
  }
}

/** Returns undefined for what is damaged or was written by another version. */
function parseColumns(bytes: Buffer): Columns | undefined {
  const lineEnd = bytes.indexOf('\n')
  const match = /^(.+) (\d+) (\d+) (\d)$/.exec(bytes.toString('latin1', 0, Math.max(0, lineEnd)))
  if (match?.[1] !== MAGIC) return undefined
  const [count, pathBytes, padding] = [Number(match[2]), Number(match[3]), Number(match[4])]
  const content = bytes.subarray(lineEnd + 1 + CHECK_BYTES)
  const numbersAt = pathBytes + padding
  const hashesAt = numbersAt + count * NUMBERS * 8
  if (content.length !== hashesAt + count * HASH_BYTES) return undefined
  if (!checkOf(content).equals(bytes.subarray(lineEnd + 1, lineEnd + 1 + CHECK_BYTES))) return undefined
  const paths = content.toString('latin1', 0, pathBytes).split('\0').slice(0, -1)
  // A copy, because a view of doubles must begin at a multiple of 8.
  const numbers = new Float64Array(new Uint8Array(content.subarray(numbersAt, hashesAt)).buffer)
  return paths.length === count ? new Columns(paths, numbers, content.subarray(hashesAt)) : undefined
}

function checkOf(content: Buffer): Buffer {
  return createHash('sha256').update(content).digest()
}
