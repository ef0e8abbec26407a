import { parentPort } from 'node:worker_threads'
import { type SealResult, sealLayer } from './seal-layer.ts'
import type { SealReply, SealTask } from './seal-thread.ts'

/** The entry of a worker thread that hashes the layers it is sent, one after the other. */
parentPort?.on('message', async (task: SealTask) => {
  parentPort?.postMessage(await seal(task))
})

async function seal({ id, request }: SealTask): Promise<SealReply> {
  try {
    const result: SealResult = await sealLayer(request)
    return { id, kind: 'done', ...result }
  } catch (error) {
    return { id, kind: 'failed', message: error instanceof Error ? error.message : String(error) }
  }
}
