import { fstatSync, openSync } from 'node:fs'
import { SystemCallError } from '../linux/libc.ts'
import { type LayerPlace, pathInLayer } from './layered-tree.ts'
import { openBeneath } from './open-beneath.ts'
import { O_PATH } from './openat2.ts'
import { type OpenedFile, openedFile } from './opened-file.ts'

/** Errors of a place that is not what it was when it was looked up. */
const CHANGED: ReadonlySet<string> = new Set(['ENOENT', 'ENOTDIR', 'ELOOP', 'EXDEV'])

/**
 * Opens a file of a layer to read it, or returns undefined where there is none, or none any more: a container may change
 * what lies in its own layer. Only what is seen to be a regular file is opened, so nothing waits and no driver is asked.
 */
export function openRegularFile(place: LayerPlace): OpenedFile | undefined {
  using found = lookAt(place)
  if (found === undefined || !fstatSync(found.fd).isFile()) return undefined
  return openedFile(openSync(`/proc/self/fd/${found.fd}`, 'r'))
}

function lookAt(place: LayerPlace): OpenedFile | undefined {
  try {
    return openBeneath(place.layer, pathInLayer(place), O_PATH)
  } catch (error) {
    if (error instanceof SystemCallError && CHANGED.has(error.errnoName)) return undefined
    throw error
  }
}
