import { readFileSync, type Stats } from 'node:fs'
import { crc32 } from 'node:zlib'
import { releaseBytes } from '../../../../base/release-bytes.ts'
import type { BytePath } from '../../../../disk/byte-path.ts'

const MAGIC = 'tcompose stat memo 3'
const NUMBERS = 6
const HASH_BYTES = 32
const CHECK_BYTES = 4

/** What tells whether a file is as it was. */
export type MemoStats = Pick<Stats, 'ino' | 'size' | 'mtimeMs' | 'ctimeMs' | 'dev' | 'mode'>

/**
 * Stats and hashes of files by column, of which twenty thousand are read in a few milliseconds. In a file they are a
 * line of text with the count of files and the bytes of their paths and of the padding, then a CRC-32 of the rest: the
 * paths, each with a NUL; padding to a multiple of 8; numbers; hashes.
 */
export class StatColumns {
  /** By index. */
  readonly paths: readonly BytePath[]
  readonly #numbers: Float64Array
  readonly #hashes: Buffer
  #indexes: ReadonlyMap<BytePath, number> | undefined
  #next = 0

  constructor(paths: readonly BytePath[], numbers: Float64Array, hashes: Buffer) {
    this.paths = paths
    this.#numbers = numbers
    this.#hashes = hashes
  }

  /** Returns where the columns have what is known of `path`. Quick for paths that are asked for in their order. */
  indexOf(path: BytePath): number | undefined {
    const index = this.paths[this.#next] === path ? this.#next : this.#find(path)
    if (index === this.#next) this.#next += 1
    return index
  }

  #find(path: BytePath): number | undefined {
    this.#indexes ??= new Map(this.paths.map((known, index) => [known, index]))
    return this.#indexes.get(path)
  }

  /** Tells whether a file is as it was. */
  isSame(index: number, stats: MemoStats): boolean {
    const numbers = this.#numbers
    const at = index * NUMBERS
    return (
      numbers[at] === stats.ino &&
      numbers[at + 1] === stats.size &&
      numbers[at + 2] === stats.mtimeMs &&
      numbers[at + 3] === stats.ctimeMs &&
      numbers[at + 4] === stats.dev &&
      numbers[at + 5] === stats.mode
    )
  }

  /** Returns the SHA-256 of the file, hex digits. */
  sha256At(index: number): string {
    return this.#hashes.toString('hex', index * HASH_BYTES, (index + 1) * HASH_BYTES)
  }

  /** Copies what is known of the files from `start` to before `end` to where other columns have it. */
  copyTo(
    columns: { readonly numbers: Float64Array; readonly hashes: Buffer },
    start: number,
    end: number,
  ): void {
    columns.numbers.set(this.#numbers.subarray(start * NUMBERS, end * NUMBERS))
    this.#hashes.copy(columns.hashes, 0, start * HASH_BYTES, end * HASH_BYTES)
  }
}

/** Collects what `StatColumns` reads. */
export class StatColumnWriter {
  readonly #numbers: Float64Array
  readonly #hashes: Buffer
  #paths = ''
  #count = 0

  /** @param most Files that are added. */
  constructor(most: number) {
    this.#numbers = new Float64Array(most * NUMBERS)
    this.#hashes = Buffer.alloc(most * HASH_BYTES)
  }

  get count(): number {
    return this.#count
  }

  /** Adds what other columns have of the files from `start` to before `end`. */
  copy(columns: StatColumns, start: number, end: number): void {
    if (start === end) return
    const numbers = this.#numbers.subarray(this.#count * NUMBERS)
    columns.copyTo({ numbers, hashes: this.#hashes.subarray(this.#count * HASH_BYTES) }, start, end)
    this.#paths += `${columns.paths.slice(start, end).join('\0')}\0`
    this.#count += end - start
  }

  /** Adds what was found out. @param sha256 Hex digits. */
  add(path: BytePath, { ino, size, mtimeMs, ctimeMs, dev, mode }: MemoStats, sha256: string): void {
    this.#numbers.set([ino, size, mtimeMs, ctimeMs, dev, mode], this.#count * NUMBERS)
    this.#hashes.write(sha256, this.#count * HASH_BYTES, 'hex')
    this.#paths += `${path}\0`
    this.#count += 1
  }

  /** Returns what the file holds, in parts. */
  toParts(): readonly Buffer[] {
    const paths = Buffer.from(this.#paths, 'latin1')
    const padding = Buffer.alloc((8 - (paths.length % 8)) % 8)
    const numbers = Buffer.from(this.#numbers.buffer, 0, this.#count * NUMBERS * 8)
    const hashes = this.#hashes.subarray(0, this.#count * HASH_BYTES)
    const parts = [paths, padding, numbers, hashes]
    const line = `${MAGIC} ${this.#count} ${paths.length} ${padding.length}\n`
    return [Buffer.from(line), checkOf(parts), ...parts]
  }
}

/** Reads what `StatColumnWriter` made of a file; none where it is damaged, of another version, or not there. */
export function readStatColumns(path: string): StatColumns {
  const bytes = readBytes(path)
  const found = parseColumns(bytes)
  releaseBytes(bytes)
  return found ?? new StatColumns([], new Float64Array(), Buffer.alloc(0))
}

function readBytes(path: string): Buffer {
  try {
    return readFileSync(path)
  } catch {
    return Buffer.alloc(0)
  }
}

/** Returns undefined for what is damaged or was written by another version. */
function parseColumns(bytes: Buffer): StatColumns | undefined {
  const lineEnd = bytes.indexOf('\n')
  const match = /^(.+) (\d+) (\d+) (\d)$/.exec(bytes.toString('latin1', 0, Math.max(0, lineEnd)))
  if (match?.[1] !== MAGIC) return undefined
  const [count, pathBytes, padding] = [Number(match[2]), Number(match[3]), Number(match[4])]
  const content = bytes.subarray(lineEnd + 1 + CHECK_BYTES)
  const numbersAt = pathBytes + padding
  const hashesAt = numbersAt + count * NUMBERS * 8
  if (content.length !== hashesAt + count * HASH_BYTES) return undefined
  if (!checkOf([content]).equals(bytes.subarray(lineEnd + 1, lineEnd + 1 + CHECK_BYTES))) return undefined
  const paths = content.toString('latin1', 0, pathBytes).split('\0').slice(0, -1)
  // A copy, because a view of doubles must begin at a multiple of 8.
  const numbers = new Float64Array(new Uint8Array(content.subarray(numbersAt, hashesAt)).buffer)
  const hashes = Buffer.from(content.subarray(hashesAt))
  return paths.length === count ? new StatColumns(paths, numbers, hashes) : undefined
}

function checkOf(parts: readonly Buffer[]): Buffer {
  const check = Buffer.alloc(CHECK_BYTES)
  check.writeUInt32LE(parts.reduce((value, part) => crc32(part, value), 0))
  return check
}
