import { Worker } from 'node:worker_threads'
import { assertNever } from '../../base/assert-never.ts'
import type { SealRequest, SealResult } from './seal-layer.ts'

/** One of the layers that a thread is to hash. */
export interface SealTask {
  readonly id: number
  readonly request: SealRequest
}

/** What a thread says of the task `id`. Messages turn a buffer into an array of bytes. */
export type SealReply = { readonly id: number } & (
  | ({ readonly kind: 'done' } & Pick<SealResult, 'diffId' | 'contentBytes'> & {
        readonly indexBytes: Uint8Array
      })
  | { readonly kind: 'failed'; readonly message: string }
)

interface Running {
  readonly resolve: (result: SealResult) => void
  readonly reject: (error: Error) => void
}

/** A worker thread that hashes layers, one after the other. The process may end while it is idle. */
export class SealThread implements AsyncDisposable {
  readonly #worker = new Worker(sealWorkerUrl())
  readonly #running = new Map<number, Running>()
  #count = 0

  constructor() {
    this.#worker.on('message', (reply: SealReply) => this.#receive(reply))
    this.#worker.on('error', error => this.#failAll(error))
    this.#worker.on('exit', code => this.#failAll(new Error(`The hashing thread ended with code ${code}`)))
    this.#worker.unref()
  }

  /** How many layers it has yet to hash. */
  get load(): number {
    return this.#running.size
  }

  /** Does `sealLayer` there. */
  seal(request: SealRequest): Promise<SealResult> {
    const { promise, resolve, reject } = Promise.withResolvers<SealResult>()
    const id = this.#count
    this.#count += 1
    this.#running.set(id, { resolve, reject })
    this.#worker.ref()
    this.#worker.postMessage({ id, request } satisfies SealTask)
    return promise
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#worker.terminate()
  }

  #receive(reply: SealReply): void {
    const task = this.#running.get(reply.id)
    this.#running.delete(reply.id)
    if (this.#running.size === 0) this.#worker.unref()
    if (reply.kind === 'done') {
      const { buffer, byteOffset, byteLength } = reply.indexBytes
      const indexBytes = Buffer.from(buffer, byteOffset, byteLength)
      task?.resolve({ diffId: reply.diffId, contentBytes: reply.contentBytes, indexBytes })
    } else if (reply.kind === 'failed') task?.reject(new Error(reply.message))
    else assertNever(reply)
  }

  #failAll(error: Error): void {
    for (const { reject } of this.#running.values()) reject(error)
    this.#running.clear()
  }
}

/** Returns where the worker's program is: beside this file, from source as in the bundle. */
function sealWorkerUrl(): URL {
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js'
  return new URL(`./seal-worker.${extension}`, import.meta.url)
}
