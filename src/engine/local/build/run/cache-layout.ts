import { join } from 'node:path'
import { sha256Hex } from '../../../../base/sha256.ts'
import type { RunMount } from '../../../../planner/build/build-graph.ts'
import type { Roots } from '../../state/layout.ts'

/** What RUN mounts as a cache. */
export type CacheMount = Extract<RunMount, { kind: 'cache' }>

/** Files of one cache. */
export interface CacheLayout {
  readonly folder: string
  /** Held while a step uses the cache, shared or not. Its time of change is that of the last use. */
  readonly lock: string
  /** The cache's content; absent until the first step has made it. */
  readonly data: string
  /** What becomes `data`. */
  readonly unfinished: string
  /** `CacheRecord`, written with the data. */
  readonly record: string
}

/** Returns the folder that holds one folder for each cache. */
export function cachesFolder(roots: Roots): string {
  return join(roots.data, 'build', 'cache')
}

/**
 * Returns the name of a cache's folder: as with Docker another owner or mode makes another cache. `instance` counts from
 * 1: of private caches there is one for each of the steps that run at once.
 */
export function cacheName({ id, uid, gid, mode }: CacheMount, instance: number): string {
  const key = sha256Hex(JSON.stringify([id, uid, gid, mode]))
  return instance === 1 ? key : `${key}-${instance}`
}

/** Returns where the cache called `name` is. */
export function cacheLayout(roots: Roots, name: string): CacheLayout {
  const folder = join(cachesFolder(roots), name)
  return {
    folder,
    lock: join(folder, 'lock'),
    data: join(folder, 'data'),
    unfinished: join(folder, 'unfinished'),
    record: join(folder, 'cache.json'),
  }
}
