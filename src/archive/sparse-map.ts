import { TAR_BLOCK } from './tar-block.ts'

/** A file with holes: where the bytes that an archive holds of it belong. */
export interface SparseMap {
  /** Bytes of the file, holes included. */
  readonly size: number
  /** In ascending order, without overlap. */
  readonly parts: readonly SparsePart[]
}

/** A run of bytes between holes. */
export interface SparsePart {
  readonly offset: number
  readonly size: number
}

/** A file of so many parts is no sparse file any more. */
const MOST_PARTS = 1_000_000

/** Takes the blocks of an archive that hold a map which is too long for a header. */
export interface SparseBlocks {
  /** Takes one block and returns whether the map continues. @throws {SyntaxError} If it is malformed. */
  add(block: Buffer): boolean
  readonly parts: readonly SparsePart[]
}

/**
 * Returns the map if the packed bytes fill it.
 *
 * @throws {SyntaxError} If they do not, or parts overlap or lie outside of the file.
 */
export function checkedMap(map: SparseMap, packedSize: number): SparseMap {
  let end = 0
  let packed = 0
  for (const { offset, size } of map.parts) {
    if (offset < end) throw new SyntaxError('its sparse map has parts that overlap')
    end = offset + size
    packed += size
  }
  if (end > map.size) throw new SyntaxError('its sparse map exceeds the file')
  if (packed !== packedSize) {
    throw new SyntaxError(`its sparse map takes ${packed} bytes, expected the ${packedSize} that are there`)
  }
  return map
}

/** Returns the parts of pairs of numbers. @throws {SyntaxError} If they are no pairs of counts, or too many. */
export function partsOf(numbers: readonly number[]): readonly SparsePart[] {
  if (numbers.length % 2 !== 0 || !numbers.every(isCount)) {
    throw new SyntaxError('its sparse map has an invalid number')
  }
  const parts = Array.from({ length: numbers.length / 2 }, (_, index) => ({
    offset: numbers[index * 2] ?? 0,
    size: numbers[index * 2 + 1] ?? 0,
  }))
  return limited(parts)
}

/**
 * The map of PAX form 1.0: decimal lines at the start of the content, padded to whole blocks; first their pairs' count.
 */
export class DecimalBlocks implements SparseBlocks {
  #text = ''
  readonly #numbers: number[] = []

  add(block: Buffer): boolean {
    const lines = (this.#text + block.toString('latin1', 0, TAR_BLOCK)).split('\n')
    this.#text = lines.pop() ?? ''
    for (const line of lines) if (this.#isOpen()) this.#numbers.push(numberOf(line))
    if (this.#text.length > 20 && this.#isOpen()) throw new SyntaxError('its sparse map is malformed')
    return this.#isOpen()
  }

  get parts(): readonly SparsePart[] {
    return partsOf(this.#numbers.slice(1))
  }

  #isOpen(): boolean {
    const [count] = this.#numbers
    if (count !== undefined && count > MOST_PARTS) throw tooManyParts()
    return count === undefined || this.#numbers.length <= count * 2
  }
}

/** Returns `parts`. @throws {SyntaxError} If they are too many. */
export function limited(parts: readonly SparsePart[]): readonly SparsePart[] {
  if (parts.length > MOST_PARTS) throw tooManyParts()
  return parts
}

function tooManyParts(): SyntaxError {
  return new SyntaxError(`its sparse map has more than ${MOST_PARTS} parts`)
}

function numberOf(text: string): number {
  return /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN
}

function isCount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0
}
