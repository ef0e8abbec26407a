import { readSync } from 'node:fs'

/** A shared library as ld.so(8) knows it. */
export interface ElfLibrary {
  /** DT_SONAME, such as `libcuda.so.1`. */
  readonly soname: string
  /** FLAG_* of glibc's sysdeps/generic/ldconfig.h, as `LdCacheEntry` has it. */
  readonly flags: number
}

const MAGIC = '\x7fELF'
const CLASS_64 = 2
const LITTLE_ENDIAN = 1
const SHARED_OBJECT = 3

const PT_LOAD = 1
const PT_DYNAMIC = 2
const DT_STRTAB = 5n
const DT_SONAME = 14n

/** By e_machine: FLAG_ELF_LIBC6 and the flag of the architecture. */
const FLAGS: ReadonlyMap<number, number> = new Map([
  [62, 0x0303],
  [183, 0x0a03],
])

const MOST_HEADERS = 64
const MOST_DYNAMIC = 64 * 1024
const LONGEST_NAME = 255

/**
 * Reads the name of the 64-bit library in the open file `fd`, little-endian and for a machine that tcompose runs on;
 * undefined for all else. See elf(5).
 */
export function readElfLibrary(fd: number): ElfLibrary | undefined {
  const header = bytesAt(fd, 0, 64)
  const isShared =
    header.length === 64 &&
    header.toString('latin1', 0, 4) === MAGIC &&
    header[4] === CLASS_64 &&
    header[5] === LITTLE_ENDIAN &&
    header.readUInt16LE(16) === SHARED_OBJECT
  const flags = isShared ? FLAGS.get(header.readUInt16LE(18)) : undefined
  if (flags === undefined) return undefined
  const segments = readSegments(fd, header)
  const dynamic = segments.find(({ type }) => type === PT_DYNAMIC)
  const soname = dynamic === undefined ? undefined : readSoname(fd, dynamic, segments)
  return soname === undefined ? undefined : { soname, flags }
}

interface Segment {
  readonly type: number
  readonly offset: number
  readonly address: number
  readonly size: number
}

function readSegments(fd: number, header: Buffer): readonly Segment[] {
  const size = header.readUInt16LE(54)
  const count = Math.min(header.readUInt16LE(56), MOST_HEADERS)
  const bytes = bytesAt(fd, Number(header.readBigUInt64LE(32)), size * count)
  if (size < 56 || bytes.length < size * count) return []
  return Array.from({ length: count }, (_, index) => {
    const at = index * size
    return {
      type: bytes.readUInt32LE(at),
      offset: Number(bytes.readBigUInt64LE(at + 8)),
      address: Number(bytes.readBigUInt64LE(at + 16)),
      size: Number(bytes.readBigUInt64LE(at + 32)),
    }
  })
}

function readSoname(fd: number, dynamic: Segment, segments: readonly Segment[]): string | undefined {
  const bytes = bytesAt(fd, dynamic.offset, Math.min(dynamic.size, MOST_DYNAMIC))
  const tags = new Map<bigint, number>()
  for (let at = 0; at + 16 <= bytes.length; at += 16)
    tags.set(bytes.readBigUInt64LE(at), Number(bytes.readBigUInt64LE(at + 8)))
  const [table, name] = [tags.get(DT_STRTAB), tags.get(DT_SONAME)]
  if (table === undefined || name === undefined) return undefined
  const loaded = segments.find(
    ({ type, address, size }) => type === PT_LOAD && table >= address && table < address + size,
  )
  if (loaded === undefined) return undefined
  const text = bytesAt(fd, table - loaded.address + loaded.offset + name, LONGEST_NAME + 1)
  const end = text.indexOf(0)
  return end <= 0 ? undefined : text.toString('latin1', 0, end)
}

function bytesAt(fd: number, offset: number, size: number): Buffer {
  if (!Number.isSafeInteger(offset)) return Buffer.alloc(0)
  const bytes = Buffer.alloc(size)
  return bytes.subarray(0, readSync(fd, bytes, 0, size, offset))
}
