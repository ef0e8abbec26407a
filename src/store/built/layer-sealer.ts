import { availableParallelism } from 'node:os'
import { bytePath } from '../../disk/byte-path.ts'
import type { SealedLayer, SealRequest, SealResult } from './seal-layer.ts'
import type { SealThread } from './seal-thread.ts'

/** What this thread hashes in some 20 ms; a worker takes 60 ms to start, and as long again to be quick. */
const SMALL_LAYER = { things: 1000, bytes: 4 * 1024 * 1024 }
const MOST_THREADS = 3

/** Hashes layers: small ones on this thread, others on worker threads, while whoever made them goes on. */
export class LayerSealer implements AsyncDisposable {
  readonly #threads: SealThread[] = []

  /**
   * Hashes the archive and the files of the unpacked layer in `folder`, to which nobody writes any more. Nothing is
   * stored.
   *
   * @throws {Error} If something of it cannot be read, or is in another layer.
   */
  async seal(folder: string, options: Omit<SealRequest, 'folder'> = {}): Promise<SealedLayer> {
    const { sealedLayer, sealLayer } = await import('./seal-layer.ts')
    const { isSmallLayer } = await import('./walk-layer.ts')
    const request = { folder, ...options }
    const isSmall = isSmallLayer(bytePath(folder), SMALL_LAYER)
    return sealedLayer(isSmall ? sealLayer(request) : await this.#sealOnThread(request))
  }

  /** Gets a thread ready for a layer of so many things that is being made. */
  async expect(things: number): Promise<void> {
    if (things <= SMALL_LAYER.things) return
    const { SealThread: thread } = await import('./seal-thread.ts')
    this.#idlest(() => new thread())
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#threads.map(thread => thread[Symbol.asyncDispose]()))
  }

  async #sealOnThread(request: SealRequest): Promise<SealResult> {
    const { SealThread: thread } = await import('./seal-thread.ts')
    return await this.#idlest(() => new thread()).seal(request)
  }

  #idlest(start: () => SealThread): SealThread {
    const [idlest] = this.#threads.toSorted((a, b) => a.load - b.load)
    const isFull = this.#threads.length >= Math.min(availableParallelism(), MOST_THREADS)
    if (idlest !== undefined && (idlest.load === 0 || isFull)) return idlest
    const thread = start()
    this.#threads.push(thread)
    return thread
  }
}
