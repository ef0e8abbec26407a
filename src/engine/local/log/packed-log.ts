import { closeSync, fstatSync, readSync } from 'node:fs'
import { type LogBytes, openIfThere } from './log-bytes.ts'

/** Bytes of a log in one member of a packed file. */
export const PACKED_BYTES: number = 1024 * 1024

/**
 * A packed log is a gzip file of members (RFC 1952) that hold `PACKED_BYTES` each, so that any part of it can be read
 * without what is before it. The extra field of a member tells its length and that of its content.
 */
export const PACKED_HEADER_BYTES = 24

const TRAILER_BYTES = 8
const HEADER = Buffer.from([0x1f, 0x8b, 8, 4, 0, 0, 0, 0, 0, 3, 12, 0, 0x54, 0x43, 8, 0])

/** Returns the start of a member, before `deflated`, and its end. */
export function packedFrame(
  content: Buffer,
  deflated: Buffer,
  checksum: number,
): { readonly header: Buffer; readonly trailer: Buffer } {
  const header = Buffer.alloc(PACKED_HEADER_BYTES)
  HEADER.copy(header)
  header.writeUInt32LE(PACKED_HEADER_BYTES + deflated.length + TRAILER_BYTES, 16)
  header.writeUInt32LE(content.length, 20)
  const trailer = Buffer.alloc(TRAILER_BYTES)
  trailer.writeUInt32LE(checksum, 0)
  trailer.writeUInt32LE(content.length, 4)
  return { header, trailer }
}

/** Opens a packed file; undefined if it is not there. What is behind a damaged member is not found. */
export function openPackedLog(path: string): LogBytes | undefined {
  const file = openIfThere(path)
  return file === undefined ? undefined : new PackedLog(file)
}

interface Member {
  readonly at: number
  readonly length: number
  /** Where its content is in the log. */
  readonly start: number
  readonly size: number
}

class PackedLog implements LogBytes {
  readonly inode: bigint
  readonly #file: number
  readonly #members: readonly Member[]
  #unpacked: { readonly member: Member; readonly content: Buffer } | undefined

  constructor(file: number) {
    this.#file = file
    this.inode = fstatSync(file, { bigint: true }).ino
    this.#members = membersOf(file)
  }

  size(): number {
    const last = this.#members.at(-1)
    return last === undefined ? 0 : last.start + last.size
  }

  read(buffer: Buffer, position: number): number {
    const member = this.#members.findLast(({ start }) => start <= position)
    if (member === undefined || position >= member.start + member.size) return 0
    return this.#contentOf(member).copy(buffer, 0, position - member.start)
  }

  [Symbol.dispose](): void {
    closeSync(this.#file)
  }

  #contentOf(member: Member): Buffer {
    if (this.#unpacked?.member === member) return this.#unpacked.content
    const packed = Buffer.alloc(member.length - PACKED_HEADER_BYTES)
    readSync(this.#file, packed, 0, packed.length, member.at + PACKED_HEADER_BYTES)
    const content = contentOf(packed, member.size)
    this.#unpacked = { member, content }
    return content
  }
}

/** What is damaged holds nothing. */
function contentOf(packed: Buffer, size: number): Buffer {
  const { crc32, inflateRawSync } = process.getBuiltinModule('node:zlib')
  const end = packed.length - TRAILER_BYTES
  try {
    const content = inflateRawSync(packed.subarray(0, end), { maxOutputLength: size })
    if (content.length === size && crc32(content) === packed.readUInt32LE(end)) return content
  } catch {
    // The bytes are no deflated content at all.
  }
  return Buffer.alloc(0)
}

function membersOf(file: number): readonly Member[] {
  const { size: end } = fstatSync(file)
  const members: Member[] = []
  const header = Buffer.alloc(PACKED_HEADER_BYTES)
  let start = 0
  for (let at = 0; at < end; ) {
    const count = readSync(file, header, 0, PACKED_HEADER_BYTES, at)
    const length = header.readUInt32LE(16)
    const size = header.readUInt32LE(20)
    if (count < PACKED_HEADER_BYTES || !isMember(header) || at + length > end || size > PACKED_BYTES) break
    members.push({ at, length, start, size })
    at += length
    start += size
  }
  return members
}

function isMember(header: Buffer): boolean {
  const isOurs = header.compare(HEADER, 0, HEADER.length, 0, HEADER.length) === 0
  return isOurs && header.readUInt32LE(16) > PACKED_HEADER_BYTES + TRAILER_BYTES
}
