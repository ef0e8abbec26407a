import { type BigIntStats, constants } from 'node:fs'
import { errnoNameOf } from '../../../base/errno-name-of.ts'
import type { BytePath } from '../../../disk/byte-path.ts'
import { O_PATH, openAt2, RESOLVE } from '../../../disk/openat2.ts'
import { closedLater, type OpenedFile } from '../../../disk/opened-file.ts'
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
 * Opens what is at a place, and tells whether it is a mount; undefined if there is nothing. It must be asked before what is
 * there is removed or renamed: since Linux 3.18 that takes the mounts of other mount namespaces away without a word. As long
 * as it is open, what is removed keeps its blocks.
 */
export function holdPlace({ folder, name }: Place): OpenedFile | 'mount' | undefined {
  try {
    const how = { flags: O_PATH | constants.O_NOFOLLOW, resolve: RESOLVE.noCrossing }
    return closedLater(openAt2(folder, name, how).fd)
  } catch (error) {
    const errno = errnoNameOf(error)
    if (errno === 'ENOENT') return undefined
    if (errno === 'EXDEV') return 'mount'
    throw error
  }
}
