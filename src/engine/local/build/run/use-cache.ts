import { chmodSync, chownSync, existsSync, mkdirSync, renameSync, utimesSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { errnoNameOf } from '../../../../base/errno-name-of.ts'
import { bytePath } from '../../../../disk/byte-path.ts'
import { type FileLock, tryLock, trySharedLock } from '../../../../disk/flock.ts'
import type { TreeEntry } from '../../../../disk/layered-tree.ts'
import { makePrivateFolder, writeVolatileRecord } from '../../../../disk/record-file.ts'
import { removeTree } from '../../../../disk/remove-tree.ts'
import type { Roots } from '../../state/layout.ts'
import { copyChildren } from '../../volume/copy-children.ts'
import { copyAttributes } from '../../volume/copy-entry.ts'
import { type CacheLayout, type CacheMount, cacheLayout, cacheName } from './cache-layout.ts'

/** A cache that a step may use, until it is disposed. */
export interface UsedCache extends Disposable {
  /** The folder with its content. */
  readonly data: string
}

/** Whose cache is used, and how. */
export interface CacheUse {
  readonly roots: Roots
  readonly mount: CacheMount
  /** Finds what a new cache starts with; undefined for nothing. */
  readonly seed: (() => TreeEntry) | undefined
  readonly signal: AbortSignal
}

/** Raised when an earlier version would misread what is written. */
export const CACHE_RECORD_VERSION = 1

const RETRY_MS = 20

/**
 * Waits until the cache of a mount may be used, and makes it where it is missing. A shared cache waits for a step that has it
 * locked, a locked one for all others, and a private one for none: each step that runs at the same time has another.
 *
 * @throws {DOMException} `AbortError` if `signal` aborts while waiting.
 */
export async function useCache(use: CacheUse): Promise<UsedCache> {
  const { roots, mount, signal } = use
  for (let instance = 1; ; ) {
    signal.throwIfAborted()
    const layout = cacheLayout(roots, cacheName(mount, instance))
    const used = await tryCache(layout, use)
    if (used.kind === 'used') return used.cache
    if (used.kind === 'busy' && mount.sharing === 'private') instance += 1
    else if (used.kind === 'busy') await delay(RETRY_MS, undefined, { signal })
  }
}

type Attempt =
  | { readonly kind: 'used'; readonly cache: UsedCache }
  | { readonly kind: 'busy' }
  /** It was made, or removed in between. */
  | { readonly kind: 'changed' }

/** One that misses is made by whoever has it alone; who wants to share it then lets it go first. */
async function tryCache(layout: CacheLayout, use: CacheUse): Promise<Attempt> {
  const isMade = existsSync(layout.data)
  const wantsShare = use.mount.sharing === 'shared'
  const lock = lockCache(layout, wantsShare && isMade)
  if (lock === undefined) return { kind: 'busy' }
  try {
    const isStill = existsSync(layout.data) === isMade
    if (isStill && !isMade) await makeCache(layout, use)
    if (isStill && (isMade || !wantsShare)) return { kind: 'used', cache: held(lock, layout) }
  } catch (error) {
    lock[Symbol.dispose]()
    throw error
  }
  lock[Symbol.dispose]()
  return { kind: 'changed' }
}

function held(lock: FileLock, { lock: path, data }: CacheLayout): UsedCache {
  const now = new Date()
  utimesSync(path, now, now)
  return { data, [Symbol.dispose]: () => lock[Symbol.dispose]() }
}

/** Returns undefined while others hold it, and while the folder is being removed. */
function lockCache({ folder, lock }: CacheLayout, isShared: boolean): FileLock | undefined {
  makePrivateFolder(folder)
  try {
    return isShared ? trySharedLock(lock) : tryLock(lock)
  } catch (error) {
    if (errnoNameOf(error) === 'ENOENT') return undefined
    throw error
  }
}

/** An owner or mode of its own counts more than those of what it starts with. */
async function makeCache(
  { unfinished, data, record }: CacheLayout,
  { mount, seed }: CacheUse,
): Promise<void> {
  await removeTree(unfinished)
  mkdirSync(unfinished, { mode: 0o700 })
  const start = seed?.()
  if (start !== undefined) {
    await copyChildren(start, unfinished)
    copyAttributes(start, bytePath(unfinished))
  }
  if (start === undefined || !hasDefaults(mount)) {
    chownSync(unfinished, mount.uid, mount.gid)
    chmodSync(unfinished, mount.mode)
  }
  const { id, uid, gid, mode } = mount
  writeVolatileRecord(record, { version: CACHE_RECORD_VERSION, id, uid, gid, mode })
  renameSync(unfinished, data)
}

function hasDefaults({ uid, gid, mode }: CacheMount): boolean {
  return uid === 0 && gid === 0 && mode === 0o755
}
