import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { type FileLock, tryLock, trySharedLock } from '../disk/flock.ts'
import { makePrivateFolder } from '../disk/record-file.ts'
import { imageFolders } from './images/image-record.ts'
import type { StorePaths } from './store-paths.ts'

const RETRY_MS = 10

/**
 * Keeps the collector of garbage out until it is disposed: for the moments between a look at the store and the word,
 * in a record or a lease, that something there is needed. Any number of processes may share the store; hold it briefly.
 *
 * @throws {DOMException} `AbortError` if `signal` aborts while waiting.
 */
export async function shareStore(paths: StorePaths, signal?: AbortSignal): Promise<FileLock> {
  makePrivateFolder(imageFolders(paths).images)
  return await waitFor(() => trySharedLock(lockFile(paths)), signal)
}

/**
 * Locks the store exclusively until disposed: no other process is between a lookup and a record then. What is removed
 * from view under this lock is emptied after it, since others wait meanwhile.
 *
 * @throws {DOMException} `AbortError` if `signal` aborts while waiting.
 */
export async function lockStore(paths: StorePaths, signal?: AbortSignal): Promise<FileLock> {
  makePrivateFolder(imageFolders(paths).images)
  return await waitFor(() => tryLock(lockFile(paths)), signal)
}

/** Does `lockStore` if no process holds the store at this moment, shared or not; else returns undefined. */
export function tryLockStore(paths: StorePaths): FileLock | undefined {
  makePrivateFolder(imageFolders(paths).images)
  return tryLock(lockFile(paths))
}

async function waitFor(attempt: () => FileLock | undefined, signal?: AbortSignal): Promise<FileLock> {
  for (;;) {
    const lock = attempt()
    if (lock !== undefined) return lock
    await delay(RETRY_MS, undefined, { signal })
  }
}

function lockFile(paths: StorePaths): string {
  return join(imageFolders(paths).images, 'store.lock')
}
