import type { BytePath } from '../host/byte-path.ts'

/** Bytes in a block; headers and contents start on a multiple. */
export const TAR_BLOCK = 512

/** What an archive's entry is. */
export type TarEntryKind = 'file' | 'folder' | 'link' | 'symlink' | 'fifo' | 'character' | 'block'

/** One entry of an archive, with the records of its PAX and GNU headers taken in. */
export interface TarEntry {
  readonly kind: TarEntryKind
  readonly name: BytePath
  /** Target of a link or symlink. */
  readonly linkName: BytePath
  /** Count of content bytes that follow. */
  readonly size: number
  /** Permission bits with setuid, setgid and sticky. */
  readonly mode: number
  readonly uid: number
  readonly gid: number
  /** Nanoseconds since the epoch. */
  readonly mtime: bigint
  readonly major: number
  readonly minor: number
  readonly xattrs: ReadonlyMap<string, Buffer>
}

/** One 512-byte header as it stands in the archive, not yet joined with the extended headers before it. */
export interface RawHeader {
  /** The type flag, e.g. `0` for a file, `x` for a PAX header. */
  readonly type: string
  readonly name: BytePath
  readonly linkName: BytePath
  readonly size: number
  readonly mode: number
  readonly uid: number
  readonly gid: number
  /** Seconds since the epoch. */
  readonly mtime: number
  readonly major: number
  readonly minor: number
}

/** @throws {SyntaxError} If the checksum or a number is wrong. */
export function parseRawHeader(block: Buffer): RawHeader {
  if (numberAt(block, 148, 8) !== checksum(block)) {
    throw new SyntaxError('its header has a wrong checksum')
  }
  const ustar = block.toString('latin1', 257, 263) === 'ustar\0'
  const prefix = ustar ? textAt(block, 345, 155) : ''
  const name = textAt(block, 0, 100)
  return {
    type: String.fromCharCode(block[156] ?? 0),
    name: prefix === '' ? name : `${prefix}/${name}`,
    linkName: textAt(block, 157, 100),
    size: numberAt(block, 124, 12),
    mode: numberAt(block, 100, 8) & 0o7777,
    uid: numberAt(block, 108, 8),
    gid: numberAt(block, 116, 8),
    mtime: numberAt(block, 136, 12),
    major: numberAt(block, 329, 8),
    minor: numberAt(block, 337, 8),
  }
}

/** Tells whether `block` is all zeros, which marks the end of an archive. */
export function isZeroBlock(block: Buffer): boolean {
  return block[0] === 0 && block.every(byte => byte === 0)
}

/** Returns the count of bytes that content of `size` takes up, padding included. */
export function paddedSize(size: number): number {
  return Math.ceil(size / TAR_BLOCK) * TAR_BLOCK
}

function textAt(block: Buffer, offset: number, length: number): BytePath {
  const end = block.indexOf(0, offset)
  return block.toString('latin1', offset, end < 0 || end > offset + length ? offset + length : end)
}

/** Reads octal digits, or GNU's base 256 where the first bit is set. */
function numberAt(block: Buffer, offset: number, length: number): number {
  if (((block[offset] ?? 0) & 0x80) !== 0) return base256(block.subarray(offset, offset + length))
  const text = textAt(block, offset, length).trim()
  if (text === '') return 0
  if (!/^[0-7]+$/.test(text)) throw new SyntaxError('its header has a number that is not octal')
  return Number.parseInt(text, 8)
}

function base256(bytes: Buffer): number {
  const negative = ((bytes[0] ?? 0) & 0x40) !== 0
  const hex = bytes.toString('hex')
  const value = negative
    ? BigInt(`0x${hex}`) - (1n << BigInt(bytes.length * 8))
    : BigInt(`0x${hex}`) - (1n << BigInt(bytes.length * 8 - 1))
  const number = Number(value)
  if (!Number.isSafeInteger(number)) throw new SyntaxError('its header has a number that is too large')
  return number
}

/** The sum of all bytes with the checksum's own field read as blanks. */
function checksum(block: Buffer): number {
  let sum = 8 * 0x20
  for (let index = 0; index < TAR_BLOCK; index++) sum += block[index] ?? 0
  for (let index = 148; index < 156; index++) sum -= block[index] ?? 0
  return sum
}
