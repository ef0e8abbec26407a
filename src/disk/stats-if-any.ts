import { type BigIntStats, lstatSync } from 'node:fs'
import { errnoNameOf } from '../base/errno-name-of.ts'
import { type BytePath, nativePath } from './byte-path.ts'

/** Returns what is known of what is at `path`, links not followed; undefined if there is nothing. */
export function statsIfAny(path: BytePath): BigIntStats | undefined {
  try {
    return lstatSync(nativePath(path), { bigint: true, throwIfNoEntry: false })
  } catch (error) {
    // Something on the way is no folder.
    if (errnoNameOf(error) === 'ENOTDIR') return undefined
    throw error
  }
}
