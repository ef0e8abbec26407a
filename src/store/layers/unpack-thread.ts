import { Worker } from 'node:worker_threads'
import { assertNever } from '../../base/assert-never.ts'
import { TcomposeError } from '../../base/tcompose-error.ts'
import { sourceSize } from './layer-source.ts'
import type { UnpackedLayer, UnpackRequest } from './unpack-layer.ts'

/** One of the layers that a thread is to unpack. */
export interface UnpackTask {
  readonly id: number
  readonly request: UnpackRequest
}

/** What a thread says of the task `id`. */
export type UnpackReply = { readonly id: number } & (
  | { readonly kind: 'read'; readonly bytes: number }
  | { readonly kind: 'done'; readonly layer: UnpackedLayer }
  | { readonly kind: 'failed'; readonly message: string; readonly hint: string | undefined }
)

interface Running {
  readonly bytes: number
  readonly onRead: (bytes: number) => void
  readonly resolve: (layer: UnpackedLayer) => void
  readonly reject: (error: Error) => void
}

/** JavaScript objects of an unpacking thread are few and short-lived. */
const LIMITS = { maxYoungGenerationSizeMb: 3 }

/** A worker thread that unpacks layers, several in turn while their blobs arrive. */
export class UnpackThread implements AsyncDisposable {
  readonly #worker = new Worker(unpackWorkerUrl(), { resourceLimits: LIMITS })
  readonly #running = new Map<number, Running>()
  #count = 0

  constructor() {
    this.#worker.on('message', (reply: UnpackReply) => this.#receive(reply))
    this.#worker.on('error', error => this.#failAll(error))
    this.#worker.on('exit', code => this.#failAll(new Error(`The unpacking thread ended with code ${code}`)))
  }

  /** Bytes of the blobs that it is at. */
  get load(): number {
    return [...this.#running.values()].reduce((sum, { bytes }) => sum + bytes, 0)
  }

  /** Does `unpackLayer` there. */
  unpack(request: UnpackRequest, onRead: (bytes: number) => void): Promise<UnpackedLayer> {
    const { promise, resolve, reject } = Promise.withResolvers<UnpackedLayer>()
    const id = this.#count
    this.#count += 1
    this.#running.set(id, { bytes: sourceSize(request.source), onRead, resolve, reject })
    this.#worker.postMessage({ id, request } satisfies UnpackTask)
    return promise
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#worker.terminate()
  }

  #receive(reply: UnpackReply): void {
    const task = this.#running.get(reply.id)
    if (reply.kind === 'read') {
      task?.onRead(reply.bytes)
      return
    }
    this.#running.delete(reply.id)
    if (reply.kind === 'done') task?.resolve(reply.layer)
    else if (reply.kind === 'failed') {
      const hint = reply.hint === undefined ? {} : { hint: reply.hint }
      task?.reject(new TcomposeError('image-layer', reply.message, hint))
    } else assertNever(reply)
  }

  #failAll(error: Error): void {
    for (const { reject } of this.#running.values()) reject(error)
    this.#running.clear()
  }
}

/** Returns where the worker's program is: beside this file, from source as in the bundle. */
export function unpackWorkerUrl(): URL {
  const extension = import.meta.url.endsWith('.ts') ? 'ts' : 'js'
  return new URL(`./unpack-worker.${extension}`, import.meta.url)
}
