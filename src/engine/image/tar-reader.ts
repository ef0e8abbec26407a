import { ExtendedHeaders, isExtendedHeader, LARGEST_EXTENDED_HEADER } from './extended-headers.ts'
import { isZeroBlock, paddedSize, parseRawHeader, TAR_BLOCK, type TarEntry } from './tar-header.ts'

/** Hears what a `TarReader` finds, in the archive's order. */
export interface TarVisitor {
  entryStarted(entry: TarEntry): void
  /** A part of the content. The bytes are valid during the call only. */
  content(bytes: Buffer): void
  entryEnded(): void
}

/**
 * Reads a tar archive that is pushed into it in pieces of any size: ustar, PAX and GNU long names. All work is done
 * in `push`, with no promise per entry: a layer has tens of thousands of them.
 */
export class TarReader {
  readonly #visitor: TarVisitor
  readonly #headers = new ExtendedHeaders()
  readonly #partial: Buffer = Buffer.alloc(TAR_BLOCK)
  #partialLength = 0
  #state: ReaderState = { kind: 'header' }
  #contentLeft = 0
  #paddingLeft = 0

  constructor(visitor: TarVisitor) {
    this.#visitor = visitor
  }

  /** @throws {SyntaxError} If the archive is malformed. */
  push(chunk: Buffer): void {
    let rest = chunk
    while (rest.length > 0 && this.#state.kind !== 'end') {
      if (this.#contentLeft > 0) rest = this.#takeContent(rest)
      else if (this.#paddingLeft > 0) rest = this.#takePadding(rest)
      else rest = this.#takeHeader(rest)
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

  #takeHeader(bytes: Buffer): Buffer {
    if (this.#partialLength === 0 && bytes.length >= TAR_BLOCK) {
      this.#readHeader(bytes.subarray(0, TAR_BLOCK))
      return bytes.subarray(TAR_BLOCK)
    }
    const count = bytes.copy(this.#partial, this.#partialLength, 0, TAR_BLOCK - this.#partialLength)
    this.#partialLength += count
    if (this.#partialLength === TAR_BLOCK) {
      this.#partialLength = 0
      this.#readHeader(this.#partial)
    }
    return bytes.subarray(count)
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
    } else {
      const entry = this.#headers.apply(header)
      this.#state = { kind: 'entry' }
      this.#visitor.entryStarted(entry)
      this.#startContent(entry.size)
    }
  }

  #startContent(size: number): void {
    this.#contentLeft = size
    this.#paddingLeft = paddedSize(size) - size
    if (size === 0) this.#endContent()
  }

  #endContent(): void {
    if (this.#state.kind === 'entry') this.#visitor.entryEnded()
    else if (this.#state.kind === 'extended') {
      this.#headers.add(this.#state.type, Buffer.concat(this.#state.parts))
    }
    this.#state = { kind: 'header' }
  }
}

type ReaderState =
  | { readonly kind: 'header' }
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
