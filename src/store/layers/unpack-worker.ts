import { parentPort } from 'node:worker_threads'
import { TcomposeError } from '../../base/tcompose-error.ts'
import { unpackLayer } from './unpack-layer.ts'
import type { UnpackReply, UnpackTask } from './unpack-thread.ts'

/** The entry of a worker thread that unpacks the layers it is sent, several at once while their blobs arrive. */
parentPort?.on('message', async (task: UnpackTask) => {
  reply(await unpack(task))
})

async function unpack({ id, request }: UnpackTask): Promise<UnpackReply> {
  try {
    const layer = await unpackLayer(request, bytes => reply({ id, kind: 'read', bytes }))
    return { id, kind: 'done', layer }
  } catch (error) {
    if (!(error instanceof TcomposeError))
      return { id, kind: 'failed', message: String(error), hint: undefined }
    return { id, kind: 'failed', message: error.message, hint: error.hint }
  }
}

function reply(message: UnpackReply): void {
  parentPort?.postMessage(message)
}
