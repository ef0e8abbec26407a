import { Buffer } from 'node:buffer'
import type { BytePath } from '../disk/byte-path.ts'
import { TAR_BLOCK } from './tar-block.ts'
import { paddedSize, type TarEntry, type TarEntryKind } from './tar-header.ts'

const TYPES: Readonly<Record<TarEntryKind, string>> = {
  file: '0',
  link: '1',
  symlink: '2',
  character: '3',
  block: '4',
  folder: '5',
  fifo: '6',
}
/** The format and its version. Names of an owner and a group, and a prefix of the name, are not used. */
const MAGIC = 'ustar\x0000'
/** The checksum counts its own field as 8 blanks. */
const CHECKSUM_BLANKS: number = 8 * 0x20
/** Where the fields of a header are; see pax(1), "ustar Interchange Format". What is not put is zeros. */
const AT = { type: 156, linkName: 157, magic: 257 } as const

/** A number in octal digits, which a NUL follows. */
interface NumberField {
  readonly start: number
  readonly digits: number
}

const MODE: NumberField = { start: 100, digits: 7 }
const UID: NumberField = { start: 108, digits: 7 }
const GID: NumberField = { start: 116, digits: 7 }
const SIZE: NumberField = { start: 124, digits: 11 }
const MTIME: NumberField = { start: 136, digits: 11 }
/** A blank follows the NUL. */
const CHECKSUM: NumberField = { start: 148, digits: 6 }
const MAJOR: NumberField = { start: 329, digits: 7 }
const MINOR: NumberField = { start: 337, digits: 7 }
const LONGEST_NAME = 100
/** The most that 7 and 11 octal digits hold. */
const LARGEST_ID = 0o7777777
const LARGEST_NUMBER = 0o77777777777
const NANOSECONDS = 1_000_000_000n

/**
 * The header blocks of an entry: one in the ustar format, and before it a PAX header with what does not fit there.
 * `TarReader` reads the same entry from it, but for holes: content is written whole. The same entry gives the same bytes,
 * on every machine.
 *
 * Names are bytes: those of up to 100 are in the ustar header as they are, UTF-8 or not, as GNU tar writes them.
 */
export class TarHeader {
  /** Bytes, whole blocks. */
  readonly size: number
  readonly #entry: TarEntry
  readonly #records: string

  constructor(entry: TarEntry) {
    this.#entry = entry
    this.#records = paxRecordsOf(entry)
    this.size = this.#records === '' ? TAR_BLOCK : 2 * TAR_BLOCK + paddedSize(this.#records.length)
  }

  /** Writes it to `bytes`, which has room for it at `start`. */
  putInto(bytes: Buffer, start: number): void {
    const entry = this.#entry
    const end = start + this.size
    bytes.fill(0, start, end)
    if (this.#records !== '') {
      new HeaderBlock(bytes, start).put(paxEntry(entry, this.#records.length), 'x')
      bytes.write(this.#records, start + TAR_BLOCK, 'latin1')
    }
    new HeaderBlock(bytes, end - TAR_BLOCK).put(entry, TYPES[entry.kind])
  }
}

/** Returns the header blocks of `entry`. */
export function tarHeader(entry: TarEntry): Buffer {
  const header = new TarHeader(entry)
  const bytes = Buffer.allocUnsafe(header.size)
  header.putInto(bytes, 0)
  return bytes
}

/** The end of an archive: two blocks of zeros. */
export const TAR_END: Buffer = Buffer.alloc(2 * TAR_BLOCK)

function paxEntry({ name }: TarEntry, size: number): HeaderFields {
  const base = name.replace(/\/$/, '')
  return {
    name: `PaxHeaders.0/${base.slice(base.lastIndexOf('/') + 1)}`,
    linkName: '',
    size,
    mode: 0o644,
    uid: 0,
    gid: 0,
    mtime: 0n,
    major: 0,
    minor: 0,
  }
}

/** Returns `<length> <key>=<value>\n` for each, a character for a byte, sorted by key: those in capitals come first. */
function paxRecordsOf(entry: TarEntry): string {
  const { name, linkName, size, uid, gid, mtime, xattrs } = entry
  let records = xattrs.size === 0 ? '' : xattrRecords(xattrs)
  if (gid > LARGEST_ID) records += paxRecord('gid', String(gid))
  if (linkName.length > LONGEST_NAME) records += paxRecord('linkpath', linkName)
  if (!isWholeTime(mtime)) records += paxRecord('mtime', paxTime(mtime))
  if (name.length > LONGEST_NAME) records += paxRecord('path', name)
  if (size > LARGEST_NUMBER) records += paxRecord('size', String(size))
  if (uid > LARGEST_ID) records += paxRecord('uid', String(uid))
  return records
}

function xattrRecords(xattrs: TarEntry['xattrs']): string {
  const sorted = [...xattrs].sort(([a], [b]) => (a < b ? -1 : 1))
  return sorted.map(([name, value]) => paxRecord(`SCHILY.xattr.${name}`, value.toString('latin1'))).join('')
}

/** The length counts its own digits. */
function paxRecord(key: string, value: string): string {
  const rest = key.length + value.length + 3
  let length = rest + String(rest).length
  length = rest + String(length).length
  return `${length} ${key}=${value}\n`
}

function isWholeTime(nanoseconds: bigint): boolean {
  return (
    nanoseconds >= 0n &&
    nanoseconds % NANOSECONDS === 0n &&
    nanoseconds / NANOSECONDS <= BigInt(LARGEST_NUMBER)
  )
}

/** Seconds with a fraction as short as it can be. */
function paxTime(nanoseconds: bigint): string {
  const sign = nanoseconds < 0n ? '-' : ''
  const size = nanoseconds < 0n ? -nanoseconds : nanoseconds
  const fraction = String(size % NANOSECONDS)
    .padStart(9, '0')
    .replace(/0+$/, '')
  return `${sign}${size / NANOSECONDS}${fraction === '' ? '' : `.${fraction}`}`
}

type HeaderFields = Pick<
  TarEntry,
  'name' | 'linkName' | 'size' | 'mode' | 'uid' | 'gid' | 'mtime' | 'major' | 'minor'
>

/** A header block that is made where there are zeros. It adds bytes up where it puts them, for their checksum. */
class HeaderBlock {
  readonly #bytes: Buffer
  readonly #start: number
  #sum = CHECKSUM_BLANKS

  constructor(bytes: Buffer, start: number) {
    this.#bytes = bytes
    this.#start = start
  }

  /** What does not fit is cut short or 0: the PAX header before it has it. */
  put(fields: HeaderFields, type: string): void {
    this.#putText(0, cutName(fields.name))
    this.#putNumber(MODE, fields.mode)
    this.#putNumber(UID, fields.uid > LARGEST_ID ? 0 : fields.uid)
    this.#putNumber(GID, fields.gid > LARGEST_ID ? 0 : fields.gid)
    this.#putNumber(SIZE, fields.size > LARGEST_NUMBER ? 0 : fields.size)
    this.#putNumber(MTIME, ustarTime(fields.mtime))
    this.#putText(AT.type, type)
    this.#putText(AT.linkName, fields.linkName.slice(0, LONGEST_NAME))
    this.#putText(AT.magic, MAGIC)
    this.#putNumber(MAJOR, fields.major)
    this.#putNumber(MINOR, fields.minor)
    this.#putNumber(CHECKSUM, this.#sum)
    this.#bytes[this.#start + CHECKSUM.start + CHECKSUM.digits + 1] = 0x20
  }

  #putText(at: number, text: string): void {
    for (let index = 0; index < text.length; index += 1) {
      const byte = text.charCodeAt(index) & 0xff
      this.#bytes[this.#start + at + index] = byte
      this.#sum += byte
    }
  }

  /** The NUL that ends the field is there. */
  #putNumber({ start, digits }: NumberField, value: number): void {
    let rest = value
    for (let index = start + digits - 1; index >= start; index -= 1) {
      const byte = 0x30 + (rest % 8)
      this.#bytes[this.#start + index] = byte
      this.#sum += byte
      rest = Math.floor(rest / 8)
    }
  }
}

/** A name that is cut short keeps the slash of a folder. */
function cutName(name: BytePath): BytePath {
  if (name.length <= LONGEST_NAME) return name
  return name.endsWith('/') ? `${name.slice(0, LONGEST_NAME - 1)}/` : name.slice(0, LONGEST_NAME)
}

function ustarTime(nanoseconds: bigint): number {
  if (nanoseconds < 0n) return 0
  const seconds = Number(nanoseconds / NANOSECONDS)
  return seconds > LARGEST_NUMBER ? 0 : seconds
}
