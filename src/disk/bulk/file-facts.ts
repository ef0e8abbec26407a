import type { BigIntStats } from 'node:fs'

/** The columns of what is known of a file: TC_FACTS of native/bulk/bulk.h. */
export const FACTS = {
  inoHigh: 0,
  inoLow: 1,
  size: 2,
  mode: 3,
  nlink: 4,
  uid: 5,
  gid: 6,
  dev: 7,
  rdev: 8,
  mtime: 9,
  mtimeNanoseconds: 10,
  ctime: 11,
  ctimeNanoseconds: 12,
  xattrs: 13,
} as const

/** How many columns there are. */
export const FACT_COUNT: number = Object.keys(FACTS).length

const TYPE_BITS = 0o170000
const TYPES = {
  folder: 0o040000,
  file: 0o100000,
  link: 0o120000,
  char: 0o020000,
  fifo: 0o010000,
  socket: 0o140000,
}
const SECOND = 1_000_000_000n
const HALF = 2 ** 32
/** Below it both halves make a number that is exact. */
const LARGEST_HIGH = 2 ** 21

/** What stat(2) tells of a file, links not followed: a view of the columns of its folder. */
export class FileFacts {
  readonly #columns: Float64Array
  readonly #at: number

  /** @param index Of the file in `columns`. */
  constructor(columns: Float64Array, index: number) {
    this.#columns = columns
    this.#at = index * FACT_COUNT
  }

  /** As Node gives it: rounded where it is past 2^53. */
  get ino(): number {
    return this.#fact(FACTS.inoHigh) * HALF + this.#fact(FACTS.inoLow)
  }

  /** Tells inodes of one device apart. */
  get inode(): number | bigint {
    const high = this.#fact(FACTS.inoHigh)
    return high < LARGEST_HIGH ? this.ino : (BigInt(high) << 32n) | BigInt(this.#fact(FACTS.inoLow))
  }

  get size(): number {
    return this.#fact(FACTS.size)
  }

  /** Type and permission bits. */
  get mode(): number {
    return this.#fact(FACTS.mode)
  }

  get nlink(): number {
    return this.#fact(FACTS.nlink)
  }

  get uid(): number {
    return this.#fact(FACTS.uid)
  }

  get gid(): number {
    return this.#fact(FACTS.gid)
  }

  get dev(): number {
    return this.#fact(FACTS.dev)
  }

  get rdev(): number {
    return this.#fact(FACTS.rdev)
  }

  /** Seconds since the epoch; `mtimeNanoseconds` count forward from there. */
  get mtime(): number {
    return this.#fact(FACTS.mtime)
  }

  get mtimeNanoseconds(): number {
    return this.#fact(FACTS.mtimeNanoseconds)
  }

  /** Milliseconds since the epoch, as Node counts them. */
  get mtimeMs(): number {
    return this.#fact(FACTS.mtime) * 1000 + this.#fact(FACTS.mtimeNanoseconds) / 1_000_000
  }

  /** Milliseconds since the epoch, as Node counts them. */
  get ctimeMs(): number {
    return this.#fact(FACTS.ctime) * 1000 + this.#fact(FACTS.ctimeNanoseconds) / 1_000_000
  }

  /** Nanoseconds since the epoch. */
  get mtimeNs(): bigint {
    return BigInt(this.#fact(FACTS.mtime)) * SECOND + BigInt(this.#fact(FACTS.mtimeNanoseconds))
  }

  /** Nanoseconds since the epoch. */
  get ctimeNs(): bigint {
    return BigInt(this.#fact(FACTS.ctime)) * SECOND + BigInt(this.#fact(FACTS.ctimeNanoseconds))
  }

  /** Whether it may have extended attributes: false only where it was asked and has none. */
  get mayHaveXattrs(): boolean {
    return this.#fact(FACTS.xattrs) !== 0
  }

  isFile(): boolean {
    return this.#isOf(TYPES.file)
  }

  isDirectory(): boolean {
    return this.#isOf(TYPES.folder)
  }

  isSymbolicLink(): boolean {
    return this.#isOf(TYPES.link)
  }

  isFIFO(): boolean {
    return this.#isOf(TYPES.fifo)
  }

  isSocket(): boolean {
    return this.#isOf(TYPES.socket)
  }

  isCharacterDevice(): boolean {
    return this.#isOf(TYPES.char)
  }

  #isOf(type: number): boolean {
    return (this.mode & TYPE_BITS) === type
  }

  #fact(column: number): number {
    return this.#columns[this.#at + column] ?? 0
  }
}

/** Returns the facts that `stats` are, of a file whose extended attributes were not asked for. */
export function factsOf(stats: BigIntStats): FileFacts {
  const columns = new Float64Array(FACT_COUNT)
  putFacts(columns, 0, stats)
  return new FileFacts(columns, 0)
}

/** Writes `stats` into the columns of file `index`; extended attributes count as not asked for. */
export function putFacts(columns: Float64Array, index: number, stats: BigIntStats): void {
  const { ino, size, mode, nlink, uid, gid, dev, rdev, mtimeNs, ctimeNs } = stats
  const [mtime, mtimeNanoseconds] = splitTime(mtimeNs)
  const [ctime, ctimeNanoseconds] = splitTime(ctimeNs)
  const low = [size, mode, nlink, uid, gid, dev, rdev].map(Number)
  const parts = [Number(ino >> 32n), Number(ino & 0xffffffffn), ...low]
  columns.set([...parts, mtime, mtimeNanoseconds, ctime, ctimeNanoseconds, -1], index * FACT_COUNT)
}

/** Nanoseconds count forward, before the epoch too. */
function splitTime(time: bigint): readonly [seconds: number, nanoseconds: number] {
  const rest = ((time % SECOND) + SECOND) % SECOND
  return [Number((time - rest) / SECOND), Number(rest)]
}
