import { availableParallelism } from 'node:os'
import { Semaphore } from '../../base/semaphore.ts'
import { sourceSize } from './layer-source.ts'
import { type UnpackedLayer, type UnpackRequest, unpackLayer } from './unpack-layer.ts'
import { UnpackThread } from './unpack-thread.ts'

/** A worker takes some 60 ms to start, in which this thread unpacks a blob of this size. */
const WORTH_A_THREAD_BYTES: number = 4 * 1024 * 1024
/** A thread holds some 25 MB; more of them than the disk can follow gain nothing. */
const MOST_THREADS = 3
/** As many layers are unpacked at once, so that one whose blob is slow to arrive keeps no other waiting. */
const LAYERS_AT_ONCE = 4

/** A blob that will be unpacked. */
export interface ExpectedBlob {
  readonly size: number
  /** False for one that is still to come over this thread. */
  readonly isPresent: boolean
}

/** Tells whether a blob is unpacked on a thread of its own. */
export function isLargeBlob(bytes: number): boolean {
  return bytes >= WORTH_A_THREAD_BYTES
}

/** Unpacks layers side by side: small ones and a single large one that is here on this thread, others on worker threads. */
export class UnpackPool implements AsyncDisposable {
  readonly #threads: UnpackThread[] = []
  readonly #slots = new Semaphore(LAYERS_AT_ONCE)
  readonly #size: number

  constructor(blobs: readonly ExpectedBlob[]) {
    const large = blobs.filter(({ size }) => isLargeBlob(size))
    const isThisThreadEnough = large.length < 2 && large.every(({ isPresent }) => isPresent)
    this.#size = isThisThreadEnough ? 0 : Math.min(large.length, availableParallelism(), MOST_THREADS)
  }

  /** Does `unpackLayer`. */
  async unpack(request: UnpackRequest, onRead: (bytes: number) => void): Promise<UnpackedLayer> {
    const isHere = this.#size === 0 || !isLargeBlob(sourceSize(request.source))
    if (isHere) return await unpackLayer(request, onRead)
    return await this.#slots.run(() => this.#idlest().unpack(request, onRead))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#threads.map(thread => thread[Symbol.asyncDispose]()))
  }

  #idlest(): UnpackThread {
    const [idlest] = this.#threads.toSorted((a, b) => a.load - b.load)
    if (idlest !== undefined && (idlest.load === 0 || this.#threads.length === this.#size)) return idlest
    const thread = new UnpackThread()
    this.#threads.push(thread)
    return thread
  }
}
