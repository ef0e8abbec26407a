import { parentPort, workerData } from 'node:worker_threads'
import { openView, type ViewRequest } from './open-view.ts'

/**
 * The entry of a worker thread that makes a view of a container's files and ends. unshare(2) and setns(2) concern the thread
 * alone, so the process stays in its mount namespace; the descriptors that the thread opens are those of the process.
 */
function answer(request: ViewRequest): void {
  try {
    parentPort?.postMessage({ kind: 'opened', ...openView(request) })
  } catch (error) {
    parentPort?.postMessage({
      kind: 'failed',
      message: error instanceof Error ? error.message : String(error),
    })
  }
}

answer(workerData as ViewRequest)
