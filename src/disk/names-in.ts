import { readdirSync } from 'node:fs'
import { errnoNameOf } from '../base/errno-name-of.ts'
import { notReadable } from './regular-file.ts'

/**
 * Returns the names in a folder of tcompose; none if there is no such folder.
 *
 * @throws {TcomposeError} `not-root` if this user may not look into it.
 */
export function namesIn(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
  } catch (error) {
    const code = errnoNameOf(error)
    if (code === 'ENOENT' || code === 'ENOTDIR') return []
    if (code === 'EACCES') throw notReadable(folder, error)
    throw error
  }
}
