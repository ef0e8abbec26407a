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
export async function shareStore(roots: StorePaths, signal?: AbortSignal): Promise<FileLock> {
  makePrivateFolder(imageFolders(roots).images)
  return await waitFor(() => trySharedLock(lockFile(roots)), signal)
}

/**
 * Has the store alone until it is disposed: nobody is between a look and a word then. What is removed from view under
 * this lock is emptied after it, since others wait meanwhile.
 *
 * @throws {DOMException} `AbortError` if `signal` aborts while waiting.
 */
export async function lockStore(roots: StorePaths, signal?: AbortSignal): Promise<FileLock> {
  makePrivateFolder(imageFolders(roots).images)
  return await waitFor(() => tryLock(lockFile(roots)), signal)
}

/** Does `lockStore` if nobody shares the store or has it at this moment; else returns undefined. */
export function tryLockStore(roots: StorePaths): FileLock | undefined {
  makePrivateFolder(imageFolders(roots).images)
  return tryLock(lockFile(roots))
}

async function waitFor(attempt: () => FileLock | undefined, signal?: AbortSignal): Promise<FileLock> {
  for (;;) {
    const lock = attempt()
    if (lock !== undefined) return lock
    await delay(RETRY_MS, undefined, { signal })
  }
}

function lockFile(roots: StorePaths): string {
  return join(imageFolders(roots).images, 'store.lock')
}
