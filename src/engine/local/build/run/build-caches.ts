import { existsSync, statSync } from 'node:fs'
import { unlessUnreadable } from '../../../../disk/damaged-record.ts'
import { tryLock } from '../../../../disk/flock.ts'
import { namesIn } from '../../../../disk/names-in.ts'
import { readRecord } from '../../../../disk/record-file.ts'
import { removeTree } from '../../../../disk/remove-tree.ts'
import type { Roots } from '../../state/layout.ts'
import { cacheLayout, cachesFolder } from './cache-layout.ts'
import { CACHE_RECORD_VERSION } from './use-cache.ts'

/** A cache that commands of builds have mounted. */
export interface BuildCacheFolder {
  /** The name of its folder. */
  readonly name: string
  /** As the mounts call it; undefined where its record cannot be read. */
  readonly id: string | undefined
  /** The folder with its content. */
  readonly data: string
  /** Milliseconds since the epoch. */
  readonly lastUsedAt: number
}

/** Returns all caches, sorted by name. */
export function listBuildCaches(roots: Roots): readonly BuildCacheFolder[] {
  return [...namesIn(cachesFolder(roots))].sort().flatMap(name => {
    const { data, lock, record } = cacheLayout(roots, name)
    const lastUse = statSync(lock, { throwIfNoEntry: false })
    if (lastUse === undefined || !existsSync(data)) return []
    const id = unlessUnreadable(() => readRecord(record, CACHE_RECORD_VERSION))?.['id']
    return [{ name, id: typeof id === 'string' ? id : undefined, data, lastUsedAt: lastUse.mtimeMs }]
  })
}

/** Removes a cache, and returns false for one that a step uses. A step that comes meanwhile makes another. */
export async function removeBuildCache(roots: Roots, name: string): Promise<boolean> {
  const { folder, lock: path } = cacheLayout(roots, name)
  if (!existsSync(path)) return true
  using lock = tryLock(path)
  if (lock === undefined) return false
  await removeTree(folder)
  return true
}
