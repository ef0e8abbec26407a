import { closeSync, fstatSync, openSync, readSync } from 'node:fs'
import { crc32 } from 'node:zlib'
import { errnoNameOf } from '../../base/errno-name-of.ts'
import type { LayerIndex, LayerIndexEntry } from './layer-index.ts'

/**
 * The index of a layer as a file: its version and a checksum in a line, then fields that end with NUL, the one byte that
 * no name holds. An entry is `<kind><octal mode> <uid> <gid> <size> <count of attributes>`, its path, what its kind has
 * besides (the SHA-256 of a file, the target of a link, the numbers of a device), and its attributes, names and values.
 */
const VERSION = 1
const HEADING = `tcompose layer index ${VERSION} `
/** The heading, 8 hex digits, a line feed. */
const HEADING_BYTES: number = HEADING.length + 9

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
/** Returns the content of the file of `index`. */
export function encodeLayerIndex(index: LayerIndex): Buffer {
  const content = Buffer.from(index.map(encodeEntry).join(''), 'latin1')
  return Buffer.concat([Buffer.from(`${HEADING}${checksumOf(content)}\n`), content])
}

/** Reads what `encodeLayerIndex` wrote; undefined if it is damaged or of another version. */
export function decodeLayerIndex(bytes: Buffer): LayerIndex | undefined {
  const content = bytes.subarray(HEADING_BYTES)
  const heading = bytes.toString('latin1', 0, HEADING_BYTES)
  if (heading !== `${HEADING}${checksumOf(content)}\n`) return undefined
  return new IndexReader(content.toString('latin1')).read()
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

function checksumOf(content: Buffer): string {
  return crc32(content).toString(16).padStart(8, '0')
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

/** Takes entries from the fields in turn. Undefined where the fields end too early or a kind is unknown. */
class IndexReader {
  readonly #fields: readonly string[]
  #next = 0
  /** In the first field of an entry. */
  #position = 0

  /** @param text Ends with NUL unless it is empty. */
  constructor(text: string) {
    this.#fields = text.split('\0')
  }

  read(): LayerIndex | undefined {
    const entries: LayerIndexEntry[] = []
    while (this.#next < this.#fields.length - 1) {
      const entry = this.#entry()
      if (entry === undefined) return undefined
      entries.push(entry)
    }
    return entries
  }

  /** Objects are written out: made by spreading, they take three times as long. */
  #entry(): LayerIndexEntry | undefined {
    const head = this.#field()
    this.#position = 1
    const mode = this.#number(head, 8)
    const uid = this.#number(head, 10)
    const gid = this.#number(head, 10)
    const size = this.#number(head, 10)
    const count = this.#number(head, 10)
    const path = this.#field()
    switch (head.charAt(0)) {
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
      case LETTERS.link:
        return {
          path,
          kind: 'link',
          mode,
          uid,
          gid,
          size,
          target: this.#field(),
          ...this.#xattrsField(count),
        }
      case LETTERS.char:
      case LETTERS.block: {
        const kind = head.startsWith(LETTERS.char) ? 'char' : 'block'
        return { path, kind, mode, uid, gid, size, device: this.#field(), ...this.#xattrsField(count) }
      }
      case LETTERS.fifo:
        return { path, kind: 'fifo', mode, uid, gid, size, ...this.#xattrsField(count) }
      case LETTERS.socket:
        return { path, kind: 'socket', mode, uid, gid, size, ...this.#xattrsField(count) }
      case LETTERS.whiteout:
        return { path, kind: 'whiteout', mode, uid, gid, size }
      default:
        return undefined
    }
  }

  #xattrsField(count: number): Pick<LayerIndexEntry, 'xattrs'> {
    return count === 0 ? NOTHING : { xattrs: this.#xattrs(count) }
  }

  #xattrs(count: number): readonly (readonly [string, string])[] {
    return Array.from({ length: count }, () => [this.#field(), this.#field()] as const)
  }

  /** Reads digits of `head` up to a blank, or its end. */
  #number(head: string, base: number): number {
    let value = 0
    for (; this.#position < head.length; this.#position += 1) {
      const code = head.charCodeAt(this.#position)
      if (code === BLANK) break
      value = value * base + code - ZERO
    }
    this.#position += 1
    return value
  }

  #field(): string {
    const field = this.#fields[this.#next] ?? ''
    this.#next += 1
    return field
  }
}

const NOTHING = {}
const BLANK = 0x20
const ZERO = 0x30
