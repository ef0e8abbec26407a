import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { crc32 } from 'node:zlib'
import { errnoNameOf } from '../../base/errno-name-of.ts'
import { releaseBytes } from '../../base/release-bytes.ts'
import type { BytePath } from '../../disk/byte-path.ts'
import type { LayerIndex, LayerIndexEntry } from './layer-index.ts'

/**
 * The index of a layer as a file: its version, a checksum and the bytes of its text in a line, then fields that end with
 * NUL, the one byte that no name holds. An entry is `<kind><octal mode> <uid> <gid> <size> <count of attributes>`, its
 * path, what its kind has besides (the SHA-256 of a file, the target of a link, the numbers of a device), and its
 * attributes, names and values. Behind the text are the stamps of the entries, three doubles each.
 */
const VERSION = 2
const HEADING = `tcompose layer index ${VERSION} `
/** The heading, 8 hex digits of each, a blank between them, a line feed. */
const HEADING_BYTES: number = HEADING.length + 18
const STAMP_NUMBERS = 3

/** Where and as of when the unpacked layer has a file: it is the same file as long as it has these. */
export interface FileStamp {
  readonly inode: number | bigint
  /** Seconds since the epoch; nanoseconds count forward from there. */
  readonly mtime: number
  readonly mtimeNanoseconds: number
}

const LETTERS: Readonly<Record<LayerIndexEntry['kind'], string>> = {
  file: 'f',
  folder: 'd',
  link: 'l',
  fifo: 'p',
  char: 'c',
  block: 'b',
  socket: 's',
  whiteout: 'w',
}
/** A folder that is opaque. */
const OPAQUE = 'o'

/** Text is made bytes in pieces of about this many characters. */
const PIECE = 64 * 1024
const STAMPS_PIECE: number = 1024 * STAMP_NUMBERS

/** Makes the file of an index from one entry after the other. */
export class LayerIndexWriter {
  #pieces: Buffer[] = []
  #stamps: Float64Array[] = []
  #stampCount = 0
  #text = ''

  /** @param entry Its path is behind those before it. */
  add(entry: LayerIndexEntry, stamp: FileStamp | undefined): void {
    this.addText(encodeEntry(entry), stamp)
  }

  /** Adds an entry as another index has it: what `LayerIndexText.textAt` returned. */
  addText(text: string, stamp: FileStamp | undefined): void {
    this.#text += text
    this.#addStamp(stamp)
    if (this.#text.length > PIECE) this.#flush()
  }

  /** Returns the content of the file. It may be called once, after all was added. */
  toBytes(): Buffer {
    this.#flush()
    const textBytes = this.#pieces.reduce((sum, { length }) => sum + length, 0)
    const parts = [...this.#pieces, ...this.#stampParts()]
    const checksum = parts.reduce((value, piece) => crc32(piece, value), 0)
    const bytes = Buffer.concat([Buffer.from(headingOf(checksum, textBytes)), ...parts])
    for (const part of parts) releaseBytes(part)
    this.#pieces = []
    this.#stamps = []
    return bytes
  }

  #addStamp(stamp: FileStamp | undefined): void {
    const at = this.#stampCount % STAMPS_PIECE
    if (at === 0) this.#stamps.push(new Float64Array(STAMPS_PIECE))
    const piece = this.#stamps.at(-1)
    if (stamp === undefined) piece?.set([Number.NaN, 0, 0], at)
    else piece?.set([inodeNumber(stamp), stamp.mtime, stamp.mtimeNanoseconds], at)
    this.#stampCount += STAMP_NUMBERS
  }

  #stampParts(): readonly Buffer[] {
    return this.#stamps.map(({ buffer }, index) =>
      Buffer.from(buffer, 0, Math.min(STAMPS_PIECE, this.#stampCount - index * STAMPS_PIECE) * 8),
    )
  }

  #flush(): void {
    const piece = Buffer.allocUnsafeSlow(this.#text.length)
    piece.write(this.#text, 'latin1')
    this.#pieces.push(piece)
    this.#text = ''
  }
}

/** Returns the content of the file of `index`. @param stampOf Tells where an entry is. @default it is not known */
export function encodeLayerIndex(
  index: LayerIndex,
  stampOf: (entry: LayerIndexEntry) => FileStamp | undefined = () => undefined,
): Buffer {
  const writer = new LayerIndexWriter()
  for (const entry of index) writer.add(entry, stampOf(entry))
  return writer.toBytes()
}

function headingOf(checksum: number, textBytes: number): string {
  return `${HEADING}${hexOf(checksum)} ${hexOf(textBytes)}\n`
}

/** A number that is no safe integer would be that of other files too. */
function inodeNumber({ inode }: FileStamp): number {
  return typeof inode === 'number' ? inode : Number.NaN
}

/** Reads what `encodeLayerIndex` wrote; undefined if it is damaged or of another version. */
export function decodeLayerIndex(bytes: Buffer): LayerIndex | undefined {
  return LayerIndexText.open(bytes)?.entries()
}

/** Returns the bytes of the file at `path`; undefined if it cannot be read as one. */
export function readIndexFile(path: string): Buffer | undefined {
  let fd: number | undefined
  try {
    fd = openSync(path, 'r')
    const { size } = fstatSync(fd)
    const bytes = Buffer.allocUnsafeSlow(size)
    return readSync(fd, bytes, 0, size, 0) === size ? bytes : undefined
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'EISDIR', 'EIO'].includes(errnoNameOf(error) ?? '')) return undefined
    throw error
  } finally {
    if (fd !== undefined) closeSync(fd)
  }
}

function hexOf(checksum: number): string {
  return checksum.toString(16).padStart(8, '0')
}

function encodeEntry(entry: LayerIndexEntry): string {
  const { path, kind, mode, uid, gid, size, xattrs = [] } = entry
  const letter = entry.isOpaque === true ? OPAQUE : LETTERS[kind]
  const own = entry.sha256 ?? entry.target ?? entry.device
  return (
    `${letter}${mode.toString(8)} ${uid} ${gid} ${size} ${xattrs.length}\0${path}\0` +
    (own === undefined ? '' : `${own}\0`) +
    xattrs.map(([name, value]) => `${name}\0${value}\0`).join('')
  )
}

/** A regular file as an index has it. */
export type IndexedFile = Pick<LayerIndexEntry, 'path' | 'mode' | 'uid' | 'gid' | 'size'> & {
  readonly sha256: string
}

/** The index of a layer as its file has it: an entry becomes an object when it is asked for. */
export class LayerIndexText {
  readonly #text: string
  /** Where entries begin. */
  readonly #starts: Uint32Array
  readonly #stamps: Float64Array
  #next = 0

  private constructor(text: string, starts: Uint32Array, stamps: Float64Array) {
    this.#text = text
    this.#starts = starts
    this.#stamps = stamps
  }

  /** Opens what `encodeLayerIndex` wrote; undefined if it is damaged or of another version. */
  static open(bytes: Buffer): LayerIndexText | undefined {
    const content = bytes.subarray(HEADING_BYTES)
    const heading = bytes.toString('latin1', 0, HEADING_BYTES)
    const textBytes = Number.parseInt(heading.slice(-9), 16)
    if (heading !== headingOf(crc32(content), textBytes)) return undefined
    const text = content.toString('latin1', 0, textBytes)
    const starts = startsIn(text)
    // A copy, because a view of doubles must begin at a multiple of 8.
    const stamps = new Uint8Array(content.subarray(textBytes))
    if (starts === undefined || stamps.length !== starts.length * STAMP_NUMBERS * 8) return undefined
    return new LayerIndexText(text, starts, new Float64Array(stamps.buffer))
  }

  /** How many entries there are. */
  get length(): number {
    return this.#starts.length
  }

  /** Returns where the entry of `path` is. Quick for paths that are asked for in their order. */
  indexOf(path: BytePath): number | undefined {
    const index = this.#compare(this.#next, path) === 0 ? this.#next : this.#find(path)
    if (index !== undefined) this.#next = index + 1
    return index
  }

  /** Returns all entries. */
  entries(): LayerIndex {
    return Array.from({ length: this.length }, (_, index) => this.entryAt(index))
  }

  /** Returns an entry. */
  entryAt(index: number): LayerIndexEntry {
    return new EntryReader(this.#text, this.#starts[index] ?? 0).read()
  }

  /** Returns an entry as the file has it. */
  textAt(index: number): string {
    return this.#text.slice(this.#starts[index] ?? 0, this.#starts[index + 1] ?? this.#text.length)
  }

  /** Tells whether an entry is `file`, which has no extended attributes. */
  isFileAt(index: number, { path, sha256, mode, uid, gid, size }: IndexedFile): boolean {
    const text = `${LETTERS.file}${mode.toString(8)} ${uid} ${gid} ${size} 0\0${path}\0${sha256}\0`
    return this.#text.startsWith(text, this.#starts[index])
  }

  /** Tells whether an entry has no extended attributes. */
  isPlainAt(index: number): boolean {
    return this.#text.startsWith(' 0', this.#text.indexOf('\0', this.#starts[index]) - 2)
  }

  /** Tells whether an entry is at `path`. */
  isAt(index: number, path: BytePath): boolean {
    return this.#text.startsWith(`${path}\0`, this.#text.indexOf('\0', this.#starts[index]) + 1)
  }

  /** Returns where an entry was when its layer was made; NaN if that is not known. */
  inodeAt(index: number): number {
    return this.#stamps[index * STAMP_NUMBERS] ?? Number.NaN
  }

  /** Tells whether an entry had the time of modification that `stamp` has. */
  isOfTime(index: number, { mtime, mtimeNanoseconds }: Omit<FileStamp, 'inode'>): boolean {
    const at = index * STAMP_NUMBERS
    return this.#stamps[at + 1] === mtime && this.#stamps[at + 2] === mtimeNanoseconds
  }

  #find(path: BytePath): number | undefined {
    let [low, high] = [0, this.length]
    while (low < high) {
      const middle = (low + high) >>> 1
      const order = this.#compare(middle, path)
      if (order === 0) return middle
      if (order < 0) low = middle + 1
      else high = middle
    }
    return undefined
  }

  /** Is less than zero if the entry comes before `path`. One that is not there comes behind all. */
  #compare(index: number, path: BytePath): number {
    const start = this.#starts[index]
    if (start === undefined) return 1
    const from = this.#text.indexOf('\0', start) + 1
    const end = from + path.length
    if (this.#text.startsWith(path, from) && this.#text.charCodeAt(end) === 0) return 0
    return this.#text.slice(from, this.#text.indexOf('\0', from)) < path ? -1 : 1
  }
}

/** Returns where entries begin; undefined where fields end too early or a kind is unknown. */
function startsIn(text: string): Uint32Array | undefined {
  const starts: number[] = []
  for (let position = 0; position < text.length; ) {
    starts.push(position)
    const letter = text.charAt(position)
    if (!KNOWN_LETTERS.includes(letter)) return undefined
    const end = text.indexOf('\0', position)
    const attributes = Number(text.slice(text.lastIndexOf(' ', end) + 1, end))
    let fields = 1 + (LETTERS_WITH_MORE.includes(letter) ? 1 : 0) + 2 * attributes
    for (position = end + 1; fields > 0; fields -= 1) {
      position = text.indexOf('\0', position) + 1
      if (position === 0) return undefined
    }
  }
  return Uint32Array.from(starts)
}

const KNOWN_LETTERS: string = Object.values(LETTERS).join('') + OPAQUE
/** Those of kinds that have a field of their own. */
const LETTERS_WITH_MORE: string = LETTERS.file + LETTERS.link + LETTERS.char + LETTERS.block

/** Reads the entry at a place of an index whose fields are known to be there. */
class EntryReader {
  readonly #text: string
  #position: number

  constructor(text: string, position: number) {
    this.#text = text
    this.#position = position
  }

  /** Objects are written out: made by spreading, they take three times as long. */
  read(): LayerIndexEntry {
    const letter = this.#text.charAt(this.#position)
    this.#position += 1
    const mode = this.#number(8)
    const uid = this.#number(10)
    const gid = this.#number(10)
    const size = this.#number(10)
    const count = this.#number(10)
    const path = this.#field()
    switch (letter) {
      case LETTERS.file: {
        const sha256 = this.#field()
        if (count > 0)
          return { path, kind: 'file', mode, uid, gid, size, sha256, xattrs: this.#xattrs(count) }
        return { path, kind: 'file', mode, uid, gid, size, sha256 }
      }
      case LETTERS.folder:
        return { path, kind: 'folder', mode, uid, gid, size, ...this.#xattrsField(count) }
      case OPAQUE:
        return { path, kind: 'folder', mode, uid, gid, size, isOpaque: true, ...this.#xattrsField(count) }
      case LETTERS.link: {
        const target = this.#field()
        return { path, kind: 'link', mode, uid, gid, size, target, ...this.#xattrsField(count) }
      }
      case LETTERS.char:
      case LETTERS.block: {
        const kind = letter === LETTERS.char ? 'char' : 'block'
        return { path, kind, mode, uid, gid, size, device: this.#field(), ...this.#xattrsField(count) }
      }
      case LETTERS.fifo:
        return { path, kind: 'fifo', mode, uid, gid, size, ...this.#xattrsField(count) }
      case LETTERS.socket:
        return { path, kind: 'socket', mode, uid, gid, size, ...this.#xattrsField(count) }
      default:
        return { path, kind: 'whiteout', mode, uid, gid, size }
    }
  }

  #xattrsField(count: number): Pick<LayerIndexEntry, 'xattrs'> {
    return count === 0 ? NOTHING : { xattrs: this.#xattrs(count) }
  }

  #xattrs(count: number): readonly (readonly [string, string])[] {
    return Array.from({ length: count }, () => [this.#field(), this.#field()] as const)
  }

  /** Reads digits up to a blank or the end of the field. */
  #number(base: number): number {
    let value = 0
    for (; ; this.#position += 1) {
      const code = this.#text.charCodeAt(this.#position)
      if (!(code > BLANK)) break
      value = value * base + code - ZERO
    }
    this.#position += 1
    return value
  }

  #field(): string {
    const end = this.#text.indexOf('\0', this.#position)
    const field = this.#text.slice(this.#position, end)
    this.#position = end + 1
    return field
  }
}

const NOTHING = {}
const BLANK = 0x20
const ZERO = 0x30
