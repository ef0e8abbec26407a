import type { BytePath } from '../disk/byte-path.ts'
import { ExtendedHeaders, isExtendedHeader, LARGEST_EXTENDED_HEADER } from './extended-headers.ts'
import { GnuSparseBlocks, gnuSparseSize } from './gnu-sparse-header.ts'
import { checkedMap, DecimalBlocks, type SparseBlocks } from './sparse-map.ts'
import { TAR_BLOCK } from './tar-block.ts'
import { isZeroBlock, paddedSize, parseRawHeader, type RawHeader, type TarEntry } from './tar-header.ts'

/** Hears what a `TarReader` finds, in the archive's order. */
export interface TarVisitor {
  entryStarted(entry: TarEntry): void
  /** A part of the content. The bytes are valid during the call only. */
  content(bytes: Buffer): void
  entryEnded(): void
}

/**
 * Reads a tar archive that is pushed into it in pieces of any size: ustar, PAX, GNU's long names and
 * all forms of sparse files. All work is done
 * in `push`, with no promise per entry: a layer has tens of thousands of them.
 */
export class TarReader {
  readonly #visitor: TarVisitor
  readonly #headers = new ExtendedHeaders()
  readonly #partial: Buffer = Buffer.alloc(TAR_BLOCK)
  #partialLength = 0
  #state: ReaderState = { kind: 'header' }
  #entryName: BytePath | undefined
  #contentLeft = 0
  #paddingLeft = 0

  constructor(visitor: TarVisitor) {
    this.#visitor = visitor
  }

  /** The entry that is being read, for an error's message. */
  get entryName(): BytePath | undefined {
    return this.#entryName
  }

  /** @throws {SyntaxError} If the archive is malformed. */
  push(chunk: Buffer): void {
    let rest = chunk
    while (rest.length > 0 && this.#state.kind !== 'end') {
      if (this.#contentLeft > 0) rest = this.#takeContent(rest)
      else if (this.#paddingLeft > 0) rest = this.#takePadding(rest)
      else rest = this.#takeBlock(rest)
    }
  }

  /** @throws {SyntaxError} If the archive stops in the middle of an entry. */
  end(): void {
    const isBetween = this.#state.kind === 'header' && this.#partialLength === 0 && this.#paddingLeft === 0
    if (this.#state.kind !== 'end' && !isBetween) throw new SyntaxError('it ends in the middle of an entry')
  }

  #takeContent(bytes: Buffer): Buffer {
    const part = bytes.subarray(0, this.#contentLeft)
    this.#contentLeft -= part.length
    if (this.#state.kind === 'entry') this.#visitor.content(part)
    else if (this.#state.kind === 'extended') this.#state.parts.push(Buffer.from(part))
    if (this.#contentLeft === 0) this.#endContent()
    return bytes.subarray(part.length)
  }

  #takePadding(bytes: Buffer): Buffer {
    const count = Math.min(bytes.length, this.#paddingLeft)
    this.#paddingLeft -= count
    return bytes.subarray(count)
  }

  #takeBlock(bytes: Buffer): Buffer {
    if (this.#partialLength === 0 && bytes.length >= TAR_BLOCK) {
      this.#readBlock(bytes.subarray(0, TAR_BLOCK))
      return bytes.subarray(TAR_BLOCK)
    }
    const count = bytes.copy(this.#partial, this.#partialLength, 0, TAR_BLOCK - this.#partialLength)
    this.#partialLength += count
    if (this.#partialLength === TAR_BLOCK) {
      this.#partialLength = 0
      this.#readBlock(this.#partial)
    }
    return bytes.subarray(count)
  }

  #readBlock(block: Buffer): void {
    if (this.#state.kind === 'map') this.#readMap(block, this.#state)
    else this.#readHeader(block)
  }

  #readHeader(block: Buffer): void {
    if (isZeroBlock(block)) {
      this.#state = { kind: 'end' }
      return
    }
    const header = parseRawHeader(block)
    if (isExtendedHeader(header.type)) {
      this.#state = { kind: 'extended', type: header.type, parts: [] }
      this.#startContent(extendedSize(header.size))
    } else this.#readEntry(block, header)
  }

  #readEntry(block: Buffer, header: RawHeader): void {
    this.#entryName = this.#headers.nameOf(header)
    const { entry, mappedSize } = this.#headers.apply(header)
    if (header.type === 'S') {
      const blocks = new GnuSparseBlocks(block)
      const map: MapState = { kind: 'map', entry, size: gnuSparseSize(block), blocks, ownBytes: 0 }
      if (blocks.goesOn) this.#state = map
      else this.#startMapped(map, entry.size)
    } else if (mappedSize === undefined) this.#startEntry(entry)
    else
      this.#state = { kind: 'map', entry, size: mappedSize, blocks: new DecimalBlocks(), ownBytes: TAR_BLOCK }
  }

  #readMap(block: Buffer, state: MapState): void {
    const left = state.entry.size - state.ownBytes
    if (left < 0) throw new SyntaxError('its sparse map is longer than its content')
    const entry = { ...state.entry, size: left }
    if (state.blocks.add(block)) this.#state = { ...state, entry }
    else this.#startMapped(state, left)
  }

  #startMapped({ entry, size, blocks }: MapState, packedSize: number): void {
    const sparse = checkedMap({ size, parts: blocks.parts }, packedSize)
    this.#startEntry({ ...entry, size: packedSize, sparse })
  }

  #startEntry(entry: TarEntry): void {
    this.#state = { kind: 'entry' }
    this.#visitor.entryStarted(entry)
    this.#startContent(entry.size)
  }

  #startContent(size: number): void {
    this.#contentLeft = size
    this.#paddingLeft = paddedSize(size) - size
    if (size === 0) this.#endContent()
  }

  #endContent(): void {
    if (this.#state.kind === 'entry') {
      this.#visitor.entryEnded()
      this.#entryName = undefined
    } else if (this.#state.kind === 'extended') {
      this.#headers.add(this.#state.type, Buffer.concat(this.#state.parts))
    }
    this.#state = { kind: 'header' }
  }
}

/** A sparse file whose map comes before its content. */
interface MapState {
  readonly kind: 'map'
  /** `size` counts what is left of the content. */
  readonly entry: TarEntry
  /** Bytes of the file, holes included. */
  readonly size: number
  readonly blocks: SparseBlocks
  /** Bytes that each block of the map takes of the content: the forms differ. */
  readonly ownBytes: number
}

type ReaderState =
  | { readonly kind: 'header' }
  | MapState
  | { readonly kind: 'entry' }
  | { readonly kind: 'extended'; readonly type: string; readonly parts: Buffer[] }
  | { readonly kind: 'end' }

/** @throws {SyntaxError} If an extended header of `size` bytes is too large to be one. */
export function extendedSize(size: number): number {
  if (size < 0 || size > LARGEST_EXTENDED_HEADER) {
    throw new SyntaxError(
      `its extended header has ${size} bytes, expected ${LARGEST_EXTENDED_HEADER} at most`,
    )
  }
  return size
}
