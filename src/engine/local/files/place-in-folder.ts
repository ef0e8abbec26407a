import { type BigIntStats, constants } from 'node:fs'
import { errnoNameOf } from '../../../base/errno-name-of.ts'
import type { BytePath } from '../../../disk/byte-path.ts'
import { O_PATH, openAt2, RESOLVE } from '../../../disk/openat2.ts'
import { statsIfAny } from '../../../disk/stats-if-any.ts'

/** A name in an open folder of a container. */
export interface Place {
  readonly folder: number
  /** No path: it has no slash and is neither `.` nor `..`. */
  readonly name: BytePath
}

/**
 * Returns a path of a place that leads there whatever becomes of the folder's own path. proc(5): the magic link of a
 * descriptor leads to its file without another look at any path. Calls on it must not follow a link in its last part.
 */
export function pathOf({ folder, name }: Place): BytePath {
  return `/proc/self/fd/${folder}/${name}`
}

/** Returns what is known of what is at a place, links not followed; undefined if there is nothing. */
export function statsOf(place: Place): BigIntStats | undefined {
  return statsIfAny(pathOf(place))
}

/**
 * Tells whether something is mounted at a place. It must be asked before what is there is removed or renamed: since Linux
 * 3.18 that takes the mounts of other mount namespaces away without a word.
 */
export function isMountPoint({ folder, name }: Place): boolean {
  try {
    openAt2(folder, name, { flags: O_PATH | constants.O_NOFOLLOW, resolve: RESOLVE.noCrossing })[
      Symbol.dispose
    ]()
    return false
  } catch (error) {
    const errno = errnoNameOf(error)
    if (errno === 'ENOENT') return false
    if (errno === 'EXDEV') return true
    throw error
  }
}
