import type { Buffer } from 'node:buffer'
import type { BytePath } from '../disk/byte-path.ts'
import { type PaxRecords, parsePaxRecords, parsePaxTime, SPARSE_MAP } from './pax-records.ts'
import { checkedMap, partsOf, type SparseMap } from './sparse-map.ts'
import type { RawHeader, TarEntry, TarEntryKind } from './tar-header.ts'

/** Bytes that one extended header may hold: xattr values of 64 KiB each, several of them. */
export const LARGEST_EXTENDED_HEADER: number = 1024 * 1024

const KINDS: ReadonlyMap<string, TarEntryKind> = new Map([
  ['0', 'file'],
  ['\0', 'file'],
  ['7', 'file'],
  ['S', 'file'],
  ['1', 'link'],
  ['2', 'symlink'],
  ['3', 'character'],
  ['4', 'block'],
  ['5', 'folder'],
  ['6', 'fifo'],
])
const EXTENDED_TYPES = new Set(['x', 'g', 'L', 'K'])
const XATTR_PREFIX = 'SCHILY.xattr.'

/** An entry, and what is still to be read of it. */
export interface JoinedEntry {
  readonly entry: TarEntry
  /** Bytes of a sparse file whose map stands before its content. */
  readonly mappedSize: number | undefined
}

/** Tells whether a header of `type` is about the entry after it. */
export function isExtendedHeader(type: string): boolean {
  return EXTENDED_TYPES.has(type)
}

/** Collects PAX and GNU headers, and joins them with the entry that they are about. */
export class ExtendedHeaders {
  #global: PaxRecords = new Map()
  #records: PaxRecords = new Map()
  #name: string | undefined
  #linkName: string | undefined

  /** Takes in the content of an extended header. @throws {SyntaxError} If it is malformed. */
  add(type: string, content: Buffer): void {
    if (type === 'x') this.#records = parsePaxRecords(content)
    else if (type === 'g') this.#global = new Map([...this.#global, ...parsePaxRecords(content)])
    else if (type === 'L') this.#name = untilNul(content)
    else this.#linkName = untilNul(content)
  }

  /** Returns the name of the entry of `header`, before anything of it is checked. */
  nameOf(header: RawHeader): BytePath {
    return (
      textOf(this.#records, 'GNU.sparse.name') ?? textOf(this.#records, 'path') ?? this.#name ?? header.name
    )
  }

  /** Returns the entry of `header` and forgets what was collected for it. @throws {SyntaxError} If it is malformed. */
  apply(header: RawHeader): JoinedEntry {
    const records = this.#global.size === 0 ? this.#records : new Map([...this.#global, ...this.#records])
    const name = this.#name
    const linkName = this.#linkName
    this.#records = new Map()
    this.#name = undefined
    this.#linkName = undefined
    const named = { ...header, name: name ?? header.name, linkName: linkName ?? header.linkName }
    return { entry: joinHeaders(named, records), mappedSize: sparseSizeOf(records) }
  }
}

function joinHeaders(header: RawHeader, records: PaxRecords): TarEntry {
  const kind = KINDS.get(header.type)
  if (kind === undefined) {
    throw new SyntaxError(`it is of type "${header.type}", expected a file, folder, link or device`)
  }
  const name = textOf(records, 'GNU.sparse.name') ?? textOf(records, 'path') ?? header.name
  const size = countOf(records, 'size') ?? header.size
  if (size < 0) throw new SyntaxError('its size is negative')
  return {
    kind: kind === 'file' && name.endsWith('/') ? 'folder' : kind,
    name,
    linkName: textOf(records, 'linkpath') ?? header.linkName,
    size: kind === 'file' ? size : 0,
    sparse: kind === 'file' ? sparseOf(records, size) : undefined,
    mode: header.mode,
    uid: countOf(records, 'uid') ?? header.uid,
    gid: countOf(records, 'gid') ?? header.gid,
    mtime: timeOf(records) ?? BigInt(header.mtime) * 1_000_000_000n,
    major: header.major,
    minor: header.minor,
    xattrs: xattrsOf(records),
  }
}

function textOf(records: PaxRecords, key: string): string | undefined {
  const value = records.get(key)
  return value === undefined || value.length === 0 ? undefined : value.toString('latin1')
}

function countOf(records: PaxRecords, key: string): number | undefined {
  const text = textOf(records, key)
  if (text === undefined) return undefined
  if (!/^\d{1,15}$/.test(text)) throw new SyntaxError(`its extended header has the ${key} "${text}"`)
  return Number(text)
}

function timeOf(records: PaxRecords): bigint | undefined {
  const text = textOf(records, 'mtime')
  return text === undefined ? undefined : parsePaxTime(text)
}

/** The map of the forms 0.0 and 0.1; that of 1.0 is in the content. */
function sparseOf(records: PaxRecords, packedSize: number): SparseMap | undefined {
  const size = countOf(records, 'GNU.sparse.size')
  if (size === undefined) return undefined
  const numbers = (textOf(records, SPARSE_MAP) ?? '').split(',').filter(text => text !== '')
  return checkedMap({ size, parts: partsOf(numbers.map(Number)) }, packedSize)
}

/** Returns the size, holes included, of a sparse file of form 1.0. */
function sparseSizeOf(records: PaxRecords): number | undefined {
  return textOf(records, 'GNU.sparse.major') === '1' ? countOf(records, 'GNU.sparse.realsize') : undefined
}

const NO_XATTRS: ReadonlyMap<string, Buffer> = new Map()

function xattrsOf(records: PaxRecords): ReadonlyMap<string, Buffer> {
  if (records.size === 0) return NO_XATTRS
  const found = [...records].filter(([key]) => key.startsWith(XATTR_PREFIX))
  return new Map(found.map(([key, value]) => [key.slice(XATTR_PREFIX.length), value]))
}

function untilNul(content: Buffer): string {
  const end = content.indexOf(0)
  return content.toString('latin1', 0, end < 0 ? content.length : end)
}
