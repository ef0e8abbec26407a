import { availableParallelism } from 'node:os'
import { Worker } from 'node:worker_threads'
import { assertNever } from '../../base/assert-never.ts'
import { TcomposeError } from '../../base/tcompose-error.ts'
import { type UnpackRequest, unpackLayer } from './unpack-layer.ts'

/** What a worker thread answers. */
export type UnpackReply =
  | { readonly kind: 'read'; readonly bytes: number }
  | { readonly kind: 'done'; readonly contentBytes: number }
  | { readonly kind: 'failed'; readonly message: string; readonly hint: string | undefined }

/** A worker takes some 60 ms to start, in which this thread unpacks a blob of this size. */
const WORTH_A_WORKER_BYTES: number = 4 * 1024 * 1024

/**
 * The chunks that a worker has done with are freed when its young generation is full: with Node's own size each worker
 * holds some 50 MB more of them, and is no faster.
 */
const WORKER_LIMITS = { maxYoungGenerationSizeMb: 3 }

/** Unpacks layers side by side: small ones and a single large one on this thread, others on worker threads. */
export class UnpackPool implements AsyncDisposable {
  readonly #idle: Worker[] = []
  readonly #workers: Worker[] = []
  readonly #waiting: ((worker: Worker) => void)[] = []
  readonly #size: number

  /** @param blobSizes Bytes of the blobs that will be unpacked. */
  constructor(blobSizes: readonly number[]) {
    const large = blobSizes.filter(isLarge).length
    this.#size = large < 2 ? 0 : Math.min(large, availableParallelism())
  }

  /** Does `unpackLayer`. */
  async unpack(request: UnpackRequest, onRead: (bytes: number) => void): Promise<number> {
    if (this.#size === 0 || !isLarge(request.blob.size)) return await unpackLayer(request, onRead)
    const worker = await this.#take()
    try {
      return await unpackIn(worker, request, onRead)
    } finally {
      this.#giveBack(worker)
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(this.#workers.map(worker => worker.terminate()))
  }

  async #take(): Promise<Worker> {
    const idle = this.#idle.pop()
    if (idle !== undefined) return idle
    if (this.#workers.length < this.#size) {
      const worker = new Worker(unpackWorkerUrl(), { resourceLimits: WORKER_LIMITS })
      this.#workers.push(worker)
      return worker
    }
    return await new Promise(resolve => this.#waiting.push(resolve))
  }

  #giveBack(worker: Worker): void {
    const next = this.#waiting.shift()
    if (next === undefined) this.#idle.push(worker)
    else next(worker)
  }
}

/** Returns where the worker's program is: beside this file, from source as in the bundle. */
export function unpackWorkerUrl(): URL {
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js'
  return new URL(`./unpack-worker.${extension}`, import.meta.url)
}

function isLarge(bytes: number): boolean {
  return bytes >= WORTH_A_WORKER_BYTES
}

function unpackIn(worker: Worker, request: UnpackRequest, onRead: (bytes: number) => void): Promise<number> {
  const { promise, resolve, reject } = Promise.withResolvers<number>()
  const onMessage = (reply: UnpackReply) => {
    switch (reply.kind) {
      case 'read':
        onRead(reply.bytes)
        break
      case 'done':
        resolve(reply.contentBytes)
        break
      case 'failed':
        reject(new TcomposeError('image-layer', reply.message, hintOf(reply.hint)))
        break
      default:
        assertNever(reply)
    }
  }
  const onExit = (code: number) => reject(new Error(`The unpacking thread ended with code ${code}`))
  worker.on('message', onMessage)
  worker.once('error', reject)
  worker.once('exit', onExit)
  worker.postMessage(request)
  return promise.finally(() => {
    worker.off('message', onMessage)
    worker.off('error', reject)
    worker.off('exit', onExit)
  })
}

function hintOf(hint: string | undefined): { readonly hint?: string } {
  return hint === undefined ? {} : { hint }
}
