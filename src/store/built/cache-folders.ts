import { existsSync, renameSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { type FileLock, tryLock } from '../../disk/flock.ts'
import { removeTree } from '../../disk/remove-tree.ts'
import { temporaryName } from '../../disk/temporary-name.ts'
import { treeSize } from '../layers/layer-size.ts'
import { sortedNamesIn } from '../store-files.ts'
import type { StorePaths } from '../store-paths.ts'
import { buildFolders } from './build-folders.ts'

/**
 * A folder that `RUN --mount=type=cache` mounts, with what there is beside its files: `lock` is locked, shared or not, by
 * each command that uses it, and its time is that of the last use.
 */
export interface CacheFolder {
  readonly path: string
  /** Milliseconds since the epoch. */
  readonly usedAt: number
}

/** Returns the cache folders of builds. */
export function listCacheFolders(paths: StorePaths): readonly CacheFolder[] {
  const { cache } = buildFolders(paths)
  return sortedNamesIn(cache).flatMap(name => {
    const path = join(cache, name)
    const stats = [lockOf(path), path].map(file => statSync(file, { throwIfNoEntry: false }))
    const usedAt = stats.find(found => found !== undefined)?.mtimeMs
    return usedAt === undefined ? [] : [{ path, usedAt }]
  })
}

/** Returns the bytes of all files of a cache folder. */
export function cacheFolderSize({ path }: CacheFolder): number {
  return treeSize(path)
}

/** Tells whether a command uses the folder at this moment. */
export function isCacheFolderUsed({ path }: CacheFolder): boolean {
  using lock = lockIfThere(path)
  return lock === undefined && existsSync(lockOf(path))
}

/** Removes a cache folder unless a command uses it, and returns whether it did. */
export async function removeCacheFolder(paths: StorePaths, { path }: CacheFolder): Promise<boolean> {
  const hidden = join(buildFolders(paths).build, temporaryName())
  {
    using lock = lockIfThere(path)
    if (lock === undefined && existsSync(lockOf(path))) return false
    renameSync(path, hidden)
  }
  await removeTree(hidden)
  return true
}

/** Undefined if it is locked, or has no lock yet. */
function lockIfThere(path: string): FileLock | undefined {
  return existsSync(lockOf(path)) ? tryLock(lockOf(path)) : undefined
}

function lockOf(path: string): string {
  return join(path, 'lock')
}
