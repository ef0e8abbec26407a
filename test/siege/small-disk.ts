import { rmSync, statfsSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { mount, unmount } from '../../src/linux/mount.ts'

const SIZE_BYTES = 4 * 2 ** 20

/** A small tmpfs of its own, which can be filled. Disposing unmounts it. */
export class SmallDisk implements Disposable {
  readonly #path: string
  readonly #ballast: string

  /** Mounts it on the empty folder `path`. */
  constructor(path: string, sizeBytes: number = SIZE_BYTES) {
    mount({ source: 'siege', target: path, type: 'tmpfs', flags: 0, data: `size=${sizeBytes},mode=700` })
    this.#path = path
    this.#ballast = join(path, 'ballast')
  }

  /** Fills it up to `blocks` free blocks. */
  fill(blocks: number): void {
    this.drain()
    const { bavail, bsize } = statfsSync(this.#path)
    writeFileSync(this.#ballast, Buffer.alloc(Math.max(0, bavail - blocks) * bsize))
  }

  /** Frees what `fill()` used. */
  drain(): void {
    rmSync(this.#ballast, { force: true })
  }

  /** Blocks that are in use. */
  usedBlocks(): number {
    const { blocks, bfree } = statfsSync(this.#path)
    return blocks - bfree
  }

  [Symbol.dispose](): void {
    unmount(this.#path)
  }
}
