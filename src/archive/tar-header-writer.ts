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
const NUL = '\0'
/** The format, its version, and no names of an owner and a group. */
const MAGIC_AND_NAMES = `ustar\x0000${NUL.repeat(64)}`
/** The prefix of a name, which is not used, and what fills the block. */
const REST_BYTES = 167
/** The checksum counts its own field as 8 blanks. */
const CHECKSUM_BLANKS: number = 8 * 0x20
const LONGEST_NAME = 100
/** The most that 7 and 11 octal digits hold. */
const LARGEST_ID = 0o7777777
const LARGEST_NUMBER = 0o77777777777
const NANOSECONDS = 1_000_000_000n

/**
 * Returns the header blocks of `entry`, a character for a byte: one in the ustar format, and before it a PAX header with
 * what does not fit there. `TarReader` reads the same entry from it, but for holes: content is written whole. The same
 * entry gives the same bytes, on every machine.
 *
 * Names are bytes: those of up to 100 are in the ustar header as they are, UTF-8 or not, as GNU tar writes them.
 */
export function tarHeader(entry: TarEntry): string {
  const records = paxRecordsOf(entry)
  const own = ustarHeader(entry, TYPES[entry.kind])
  if (records === '') return own
  const padded = records.padEnd(paddedSize(records.length), NUL)
  return ustarHeader(paxEntry(entry, records.length), 'x') + padded + own
}

/** The end of an archive: two blocks of zeros. */
export const TAR_END: string = '\0'.repeat(2 * TAR_BLOCK)

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

/** Returns `<length> <key>=<value>\n` for each, a character for a byte, sorted by key. */
function paxRecordsOf(entry: TarEntry): string {
  const records: [string, string][] = []
  const add = (key: string, value: string): void => void records.push([key, value])
  if (entry.name.length > LONGEST_NAME) add('path', entry.name)
  if (entry.linkName.length > LONGEST_NAME) add('linkpath', entry.linkName)
  if (entry.size > LARGEST_NUMBER) add('size', String(entry.size))
  if (entry.uid > LARGEST_ID) add('uid', String(entry.uid))
  if (entry.gid > LARGEST_ID) add('gid', String(entry.gid))
  if (!isWholeTime(entry.mtime)) add('mtime', paxTime(entry.mtime))
  for (const [name, value] of entry.xattrs) add(`SCHILY.xattr.${name}`, value.toString('latin1'))
  if (records.length > 1) records.sort(([a], [b]) => (a < b ? -1 : 1))
  return records.map(([key, value]) => paxRecord(key, value)).join('')
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

/** What does not fit is cut short or 0: the PAX header before it has it. */
function ustarHeader(fields: HeaderFields, type: string): string {
  const before =
    cutName(fields.name).padEnd(LONGEST_NAME, NUL) +
    octal(fields.mode, 7) +
    octal(fields.uid > LARGEST_ID ? 0 : fields.uid, 7) +
    octal(fields.gid > LARGEST_ID ? 0 : fields.gid, 7) +
    octal(fields.size > LARGEST_NUMBER ? 0 : fields.size, 11) +
    octal(ustarTime(fields.mtime), 11)
  const linkName = fields.linkName.slice(0, LONGEST_NAME).padEnd(LONGEST_NAME, NUL)
  const after = type + linkName + MAGIC_AND_NAMES + octal(fields.major, 7) + octal(fields.minor, 7)
  const checksum = sumOf(before) + CHECKSUM_BLANKS + sumOf(after)
  return `${before}${octal(checksum, 6)} ${after}${NUL.repeat(REST_BYTES)}`
}

function sumOf(text: string): number {
  let sum = 0
  for (let index = 0; index < text.length; index += 1) sum += text.charCodeAt(index)
  return sum
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

/** Ends with NUL. */
function octal(value: number, digits: number): string {
  return value.toString(8).padStart(digits, '0') + NUL
}
