import { limited, type SparseBlocks, type SparsePart } from './sparse-map.ts'
import { numberAt } from './tar-number.ts'

/** Bytes of one part: its offset and its size. */
const PART_BYTES = 24
const HEADER = { partsAt: 386, parts: 4, goesOnAt: 482, sizeAt: 483 }
const EXTENSION = { partsAt: 0, parts: 21, goesOnAt: 504 }

/** Returns the bytes of a file whose header is of type `S`, holes included. */
export function gnuSparseSize(header: Buffer): number {
  return numberAt(header, HEADER.sizeAt, 12)
}

/** The map of GNU tar's own form: some parts in the header, more in blocks between header and content. */
export class GnuSparseBlocks implements SparseBlocks {
  readonly #parts: SparsePart[] = []
  readonly goesOn: boolean

  /** @param header The entry's header, of type `S`. */
  constructor(header: Buffer) {
    this.goesOn = this.#take(header, HEADER)
  }

  add(block: Buffer): boolean {
    return this.#take(block, EXTENSION)
  }

  get parts(): readonly SparsePart[] {
    return this.#parts
  }

  #take(block: Buffer, layout: { partsAt: number; parts: number; goesOnAt: number }): boolean {
    for (let index = 0; index < layout.parts; index += 1) {
      const at = layout.partsAt + index * PART_BYTES
      if (block[at] === 0) break
      const [offset, size] = [numberAt(block, at, 12), numberAt(block, at + 12, 12)]
      if (offset < 0 || size < 0) throw new SyntaxError('its sparse map has an invalid number')
      this.#parts.push({ offset, size })
    }
    limited(this.#parts)
    return block[layout.goesOnAt] !== 0
  }
}
