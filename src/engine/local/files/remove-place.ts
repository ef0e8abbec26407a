import { constants, openSync, readdirSync, rmdirSync, unlinkSync } from 'node:fs'
import { errnoNameOf } from '../../../base/errno-name-of.ts'
import { nativePath } from '../../../disk/byte-path.ts'
import { openedFile } from '../../../disk/opened-file.ts'
import { holdPlace, type Place, pathOf, statsOf } from './place-in-folder.ts'

/**
 * Removes what is at a place and all below it. Links are removed, never followed. Where something is mounted, it and the
 * folders above it stay. Returns whether nothing is left.
 */
export function removePlace(place: Place): boolean {
  const stats = statsOf(place)
  if (stats === undefined) return true
  const found = holdPlace(place)
  if (found === 'mount') return false
  using _removed = found
  if (!stats.isDirectory()) return isGone(() => unlinkSync(nativePath(pathOf(place))))
  return emptyFolder(place) && isGone(() => rmdirSync(nativePath(pathOf(place))))
}

function emptyFolder(place: Place): boolean {
  using folder = openedFile(openSync(nativePath(pathOf(place)), FOLDER_ITSELF))
  const names = readdirSync(`/proc/self/fd/${folder.fd}`, { encoding: 'latin1' })
  return names.map(name => removePlace({ folder: folder.fd, name })).every(Boolean)
}

const FOLDER_ITSELF = constants.O_RDONLY | constants.O_DIRECTORY | constants.O_NOFOLLOW

/** What a process of the container has removed meanwhile is gone, and what it has put into a folder keeps it. */
function isGone(remove: () => void): boolean {
  try {
    remove()
  } catch (error) {
    const errno = errnoNameOf(error)
    if (errno === 'ENOTEMPTY') return false
    if (errno !== 'ENOENT') throw error
  }
  return true
}
