import type { BytePath } from '../disk/byte-path.ts'
import type { SparseMap } from './sparse-map.ts'
import { TAR_BLOCK } from './tar-block.ts'
import { numberAt, textAt } from './tar-number.ts'

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
  /** Where they belong, if the file has holes. */
  readonly sparse: SparseMap | undefined
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

/** The sum of all bytes with the checksum's own field read as blanks. */
function checksum(block: Buffer): number {
  let sum = 8 * 0x20
  for (let index = 0; index < TAR_BLOCK; index++) sum += block[index] ?? 0
  for (let index = 148; index < 156; index++) sum -= block[index] ?? 0
  return sum
}
