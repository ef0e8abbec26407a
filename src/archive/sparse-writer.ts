import { ftruncateSync, writeSync } from 'node:fs'
import type { SparseMap } from './sparse-map.ts'

/** Writes the packed bytes of a file with holes to their places. */
export class SparseWriter {
  readonly #fd: number
  readonly #map: SparseMap
  #part = 0
  #doneOfPart = 0

  constructor(fd: number, map: SparseMap) {
    this.#fd = fd
    this.#map = map
  }

  /** Takes the next packed bytes; there are as many in all as the map has. */
  write(bytes: Buffer): void {
    let rest = bytes
    while (rest.length > 0) {
      const part = this.#map.parts[this.#part]
      if (part === undefined) throw new Error('a sparse file has no more bytes than its map')
      const piece = rest.subarray(0, part.size - this.#doneOfPart)
      writeWhole(this.#fd, piece, part.offset + this.#doneOfPart)
      this.#doneOfPart += piece.length
      if (this.#doneOfPart === part.size) {
        this.#part += 1
        this.#doneOfPart = 0
      }
      rest = rest.subarray(piece.length)
    }
  }

  /** Gives the file its size: a hole may be last. */
  end(): void {
    ftruncateSync(this.#fd, this.#map.size)
  }
}

/** Writes all of `bytes`: at `position`, or where the last write ended. */
export function writeWhole(fd: number, bytes: Buffer, position: number | null): void {
  let written = 0
  while (written < bytes.length) {
    const at = position === null ? null : position + written
    written += writeSync(fd, bytes, written, bytes.length - written, at)
  }
}
