import type { Buffer } from 'node:buffer'
import type { BytePath } from '../disk/byte-path.ts'
import { TAR_BLOCK } from './tar-block.ts'
import { tarHeader } from './tar-header-writer.ts'

/** A regular file without extended attributes. */
export interface PlainFile {
  /** Its path in the archive. */
  readonly path: BytePath
  /** The last name of the path. */
  readonly name: BytePath
  readonly size: number
  /** Permission bits with setuid, setgid and sticky. */
  readonly mode: number
  readonly uid: number
  readonly gid: number
  /** Seconds since the epoch, and nanoseconds that count forward from there. */
  readonly mtime: number
  readonly mtimeNanoseconds: number
}

/** The header blocks of a plain file: the bytes that `TarHeader` makes, in a third of the time. */
export class FileHeader {
  /** Bytes, whole blocks. */
  readonly size: number
  readonly #file: PlainFile

  private constructor(file: PlainFile) {
    this.#file = file
    this.size = file.mtimeNanoseconds === 0 ? TAR_BLOCK : 3 * TAR_BLOCK
  }

  /** Returns undefined for what needs `TarHeader`: a long path, large numbers, or a time before the epoch. */
  static of(file: PlainFile): FileHeader | undefined {
    const { path, size, uid, gid, mtime } = file
    const isSmall =
      path.length <= LONGEST_PATH && uid <= LARGEST_ID && gid <= LARGEST_ID && size <= LARGEST_INT
    return isSmall && mtime >= 0 && mtime <= LARGEST_INT ? new FileHeader(file) : undefined
  }

  /** Writes it to `bytes`, which has room for it at `start`. */
  putInto(bytes: Buffer, start: number): void {
    const { path, size, mode, uid, gid, mtime } = this.#file
    const isWhole = this.size === TAR_BLOCK
    const template = isWhole ? SHORT : LONG
    template.copy(bytes, start)
    if (!isWhole) this.#putTime(bytes, start)
    const at = isWhole ? start : start + 2 * TAR_BLOCK
    const sum =
      FILE_SUM +
      putText(bytes, at, path) +
      putOctal(bytes, at + MODE_END, mode) +
      putOctal(bytes, at + UID_END, uid) +
      putOctal(bytes, at + GID_END, gid) +
      putOctal(bytes, at + SIZE_END, size) +
      putOctal(bytes, at + MTIME_END, mtime)
    putChecksum(bytes, at, sum)
  }

  /** The PAX header with the time, since a ustar header has seconds only. */
  #putTime(bytes: Buffer, start: number): void {
    const { name, mtime, mtimeNanoseconds } = this.#file
    const record = timeRecord(mtime, mtimeNanoseconds)
    putText(bytes, start + TAR_BLOCK, record)
    const cut = name.length > LONGEST_NAME ? name.slice(0, LONGEST_NAME) : name
    const sum =
      PAX_SUM +
      putText(bytes, start + PAX_NAME.length, cut) +
      putOctal(bytes, start + SIZE_END, record.length)
    putChecksum(bytes, start, sum)
  }
}

const PAX_NAME = 'PaxHeaders.0/'
const LONGEST_PATH = 100
const LONGEST_NAME: number = LONGEST_PATH - PAX_NAME.length
/** The most that 7 octal digits hold. */
const LARGEST_ID = 0o7777777
/** What bits can be taken of. */
const LARGEST_INT = 0x7fffffff
/** The last digits of the number fields of a header. */
const [MODE_END, UID_END, GID_END, SIZE_END, MTIME_END] = [106, 114, 122, 134, 146]
/** Behind it are a NUL and a blank. */
const CHECKSUM = { start: 148, end: 153 } as const

/** Headers of a file without a name, whose numbers are 0: only for a second, and a nanosecond behind the epoch. */
const SHORT: Buffer = headerAt(0n)
const LONG: Buffer = cleared(headerAt(1n))
const FILE_SUM: number = sumOf(SHORT)
const PAX_SUM: number = sumOf(LONG)

function headerAt(mtime: bigint): Buffer {
  const none = {
    name: '',
    linkName: '',
    size: 0,
    sparse: undefined,
    mode: 0,
    uid: 0,
    gid: 0,
    major: 0,
    minor: 0,
  }
  return tarHeader({ kind: 'file', ...none, mtime, xattrs: new Map() })
}

/** Takes the record and its size out. */
function cleared(header: Buffer): Buffer {
  header.fill(0, TAR_BLOCK, 2 * TAR_BLOCK)
  header.fill('0', SIZE_END - 10, SIZE_END + 1)
  return header
}

/** The checksum counts its own field as 8 blanks. */
function sumOf(header: Buffer): number {
  let sum = 8 * 0x20
  for (let at = 0; at < TAR_BLOCK; at += 1) {
    if (at < CHECKSUM.start || at > CHECKSUM.start + 7) sum += header[at] ?? 0
  }
  return sum
}

/** Returns the sum of its bytes. */
function putText(bytes: Buffer, start: number, text: string): number {
  let sum = 0
  for (let index = 0; index < text.length; index += 1) {
    const byte = text.charCodeAt(index)
    bytes[start + index] = byte
    sum += byte
  }
  return sum
}

/** Writes digits where there are zeros, and returns how much more their sum is. */
function putOctal(bytes: Buffer, end: number, value: number): number {
  let sum = 0
  for (let rest = value, at = end; rest > 0; rest >>>= 3, at -= 1) {
    const digit = rest & 7
    bytes[at] = 0x30 + digit
    sum += digit
  }
  return sum
}

function putChecksum(bytes: Buffer, start: number, sum: number): void {
  for (let rest = sum, at = start + CHECKSUM.end; at >= start + CHECKSUM.start; rest >>>= 3, at -= 1) {
    bytes[at] = 0x30 + (rest & 7)
  }
}

/** The length counts its own digits, which are two: times are 12 to 21 characters. */
function timeRecord(seconds: number, nanoseconds: number): string {
  let [rest, digits] = [nanoseconds, 9]
  for (; rest % 10 === 0; rest /= 10) digits -= 1
  const text = ` mtime=${seconds}.${String(rest).padStart(digits, '0')}\n`
  return `${text.length + 2}${text}`
}
