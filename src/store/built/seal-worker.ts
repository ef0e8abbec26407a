import { parentPort } from 'node:worker_threads'
import { type SealResult, sealLayer } from './seal-layer.ts'
import type { SealReply, SealTask } from './seal-thread.ts'

/** The entry of a worker thread that hashes the layers it is sent, one after the other. */
parentPort?.on('message', (task: SealTask) => {
  parentPort?.postMessage(seal(task))
})

function seal({ id, request }: SealTask): SealReply {
  try {
    const result: SealResult = sealLayer(request)
    return { id, kind: 'done', ...result }
  } catch (error) {
    return { id, kind: 'failed', message: error instanceof Error ? error.message : String(error) }
  }
}
