import { parentPort } from 'node:worker_threads'
import { TcomposeError } from '../../base/tcompose-error.ts'
import { type UnpackRequest, unpackLayer } from './unpack-layer.ts'
import type { UnpackReply } from './unpack-pool.ts'

/** The entry of a worker thread that unpacks the layers it is sent, one after the other. */
parentPort?.on('message', async (request: UnpackRequest) => {
  reply(await unpack(request))
})

async function unpack(request: UnpackRequest): Promise<UnpackReply> {
  try {
    const contentBytes = await unpackLayer(request, bytes => reply({ kind: 'read', bytes }))
    return { kind: 'done', contentBytes }
  } catch (error) {
    if (!(error instanceof TcomposeError)) return { kind: 'failed', message: String(error), hint: undefined }
    return { kind: 'failed', message: error.message, hint: error.hint }
  }
}

function reply(message: UnpackReply): void {
  parentPort?.postMessage(message)
}
