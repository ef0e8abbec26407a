import { availableParallelism } from 'node:os'
import { setImmediate } from 'node:timers/promises'
import { bytePath } from '../../disk/byte-path.ts'
import type { KnownFiles } from './layer-tar.ts'
import type { SealedLayer, SealRequest, SealResult } from './seal-layer.ts'
import type { SealThread } from './seal-thread.ts'
import type { LayerSize } from './walk-layer.ts'

/**
 * What this thread hashes between other things, in up to half a second: more would keep it from them. A worker takes
 * 60 ms to start, as long again to be quick, and 20 MB of memory.
 */
const MOST_HERE: LayerSize = { things: 50_000, bytes: 64 * 1024 * 1024 }
const MOST_THREADS = 3

/** How a layer is hashed. */
export interface SealOptions extends Omit<SealRequest, 'folder'> {
  /** What is known of its files. */
  readonly known?: KnownFiles
  /** How large it is. @default it is looked at */
  readonly size?: LayerSize
}

/** Hashes layers: on this thread, and large ones on worker threads, while whoever made them goes on. */
export class LayerSealer implements AsyncDisposable {
  readonly #threads: SealThread[] = []

  /**
   * Hashes the archive and the files of the unpacked layer in `folder`, to which nobody writes any more. Nothing is
   * stored.
   *
   * @throws {Error} If something of it cannot be read, or is in another layer.
   */
  async seal(folder: string, { known, size, ...options }: SealOptions = {}): Promise<SealedLayer> {
    const { sealedLayer, sealLayer } = await import('./seal-layer.ts')
    const { isWithin } = await import('./walk-layer.ts')
    const request = { folder, ...options }
    const isHere =
      size === undefined
        ? isWithin(bytePath(folder), MOST_HERE)
        : size.things <= MOST_HERE.things && size.bytes <= MOST_HERE.bytes
    if (!isHere) return sealedLayer(await this.#sealOnThread(request))
    return sealedLayer(await sealLayer(request, { rest: () => setImmediate(), ...(known && { known }) }))
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
