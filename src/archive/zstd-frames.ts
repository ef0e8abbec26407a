import { Buffer } from 'node:buffer'

const FRAME_MAGIC = 0xfd2fb528
const SKIPPABLE_MAGIC = 0x184d2a50
const SKIPPABLE_MASK = 0xfffffff0
const DICTIONARY_ID_BYTES = [0, 1, 2, 4]
const CONTENT_SIZE_BYTES = [0, 2, 4, 8]

/** A piece of a zstd stream. */
export type ZstdPiece =
  | { readonly kind: 'bytes'; readonly bytes: Buffer }
  /** The bytes before make a whole frame. */
  | { readonly kind: 'frame-end' }

/**
 * Cuts a zstd stream into its frames and drops skippable ones (RFC 8878, section 3.1). Node's decoder stops at the
 * end of the first frame, while layers of several frames are common (pzstd, zstd:chunked).
 */
export class ZstdFrameSplitter {
  /** Bytes gathered until there are `#wanted`. */
  #gathered: Buffer = Buffer.alloc(0)
  #wanted = 4
  #part: FramePart = 'magic'
  /** Bytes to pass on or to skip before the next part. */
  #left = 0
  #isSkipping = false
  #hasChecksum = false
  #isLastBlock = false

  /** @throws {SyntaxError} If the bytes are no zstd stream. */
  push(chunk: Buffer): readonly ZstdPiece[] {
    const pieces: ZstdPiece[] = []
    let rest = chunk
    while (rest.length > 0 || (this.#left === 0 && this.#wanted === 0)) {
      if (this.#left > 0) rest = this.#passOn(rest, pieces)
      else rest = this.#gather(rest, pieces)
    }
    return pieces
  }

  /** @throws {SyntaxError} If the stream stops inside a frame. */
  end(): void {
    if (this.#part !== 'magic' || this.#left > 0 || this.#gathered.length > 0) {
      throw new SyntaxError('it ends in the middle of a zstd frame')
    }
  }

  #passOn(bytes: Buffer, pieces: ZstdPiece[]): Buffer {
    const part = bytes.subarray(0, this.#left)
    this.#left -= part.length
    if (!this.#isSkipping) pieces.push({ kind: 'bytes', bytes: part })
    return bytes.subarray(part.length)
  }

  #gather(bytes: Buffer, pieces: ZstdPiece[]): Buffer {
    const part = bytes.subarray(0, this.#wanted - this.#gathered.length)
    this.#gathered = Buffer.concat([this.#gathered, part])
    if (this.#gathered.length === this.#wanted) {
      const whole = this.#gathered
      this.#gathered = Buffer.alloc(0)
      this.#readPart(whole, pieces)
    }
    return bytes.subarray(part.length)
  }

  #readPart(bytes: Buffer, pieces: ZstdPiece[]): void {
    if (this.#part === 'skippable-size') this.#skip(bytes.readUInt32LE())
    else if (this.#part === 'magic') this.#readMagic(bytes, pieces)
    else {
      pieces.push({ kind: 'bytes', bytes })
      this.#readFramePart(bytes, pieces)
    }
  }

  #readFramePart(bytes: Buffer, pieces: ZstdPiece[]): void {
    if (this.#part === 'descriptor') this.#readDescriptor(bytes[0] ?? 0)
    else if (this.#part === 'header-rest') this.#expect('block-header', 3)
    else if (this.#part === 'block-header') this.#readBlockHeader(bytes.readUIntLE(0, 3))
    else this.#endBlocks(pieces)
  }

  #readMagic(bytes: Buffer, pieces: ZstdPiece[]): void {
    const magic = bytes.readUInt32LE()
    this.#isSkipping = false
    if ((magic & SKIPPABLE_MASK) >>> 0 === SKIPPABLE_MAGIC) this.#expect('skippable-size', 4)
    else if (magic === FRAME_MAGIC) {
      pieces.push({ kind: 'bytes', bytes })
      this.#expect('descriptor', 1)
    } else throw new SyntaxError('it has bytes that are not a zstd frame')
  }

  #skip(size: number): void {
    this.#isSkipping = true
    this.#left = size
    this.#expect('magic', 4)
  }

  #readDescriptor(descriptor: number): void {
    const isSingleSegment = (descriptor & 0x20) !== 0
    const contentSizeFlag = descriptor >> 6
    const contentSize =
      contentSizeFlag === 0 && isSingleSegment ? 1 : (CONTENT_SIZE_BYTES[contentSizeFlag] ?? 0)
    this.#hasChecksum = (descriptor & 0x04) !== 0
    const rest = (isSingleSegment ? 0 : 1) + (DICTIONARY_ID_BYTES[descriptor & 0x03] ?? 0) + contentSize
    this.#expect('header-rest', rest)
  }

  #readBlockHeader(header: number): void {
    const isRunLength = ((header >> 1) & 0x03) === 1
    this.#isLastBlock = (header & 0x01) !== 0
    this.#left = isRunLength ? 1 : header >> 3
    if (this.#isLastBlock) this.#expect('checksum', this.#hasChecksum ? 4 : 0)
    else this.#expect('block-header', 3)
  }

  #endBlocks(pieces: ZstdPiece[]): void {
    pieces.push({ kind: 'frame-end' })
    this.#expect('magic', 4)
  }

  #expect(part: FramePart, bytes: number): void {
    this.#part = part
    this.#wanted = bytes
  }
}

type FramePart = 'magic' | 'skippable-size' | 'descriptor' | 'header-rest' | 'block-header' | 'checksum'
