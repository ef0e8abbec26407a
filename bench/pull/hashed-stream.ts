import { createHash } from 'node:crypto'
import { Transform } from 'node:stream'
import type { Blob } from './write-image.ts'

/** Passes bytes through; at the end it has their digest and count. */
export class HashedStream extends Transform {
  readonly #hash = createHash('sha256')
  #size = 0
  #blob: Blob | undefined

  override _transform(chunk: Buffer, _: string, done: (error: null, chunk: Buffer) => void): void {
    this.#hash.update(chunk)
    this.#size += chunk.length
    done(null, chunk)
  }

  blob(): Blob {
    this.#blob ??= { digest: `sha256:${this.#hash.digest('hex')}`, size: this.#size }
    return this.#blob
  }
}
