import { chownSync, existsSync, mkdirSync, readdirSync, rmSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { errnoNameOf } from '../base/errno-name-of.ts'
import { TcomposeError } from '../base/tcompose-error.ts'

/** Whom new folders belong to. */
export interface FolderOwner {
  readonly uid: number
  readonly gid: number
}

/** Tells whether there is something in folder `path`. @throws {TcomposeError} `transformation` if it cannot be read. */
export function hasContent(path: string): boolean {
  try {
    return readdirSync(path).length > 0
  } catch (error) {
    if (errnoNameOf(error) === 'ENOENT') return false
    throw new TcomposeError(
      'transformation',
      `Cannot write to "${path}": ${errnoNameOf(error) === 'ENOTDIR' ? 'it is no folder' : String(error)}`,
      { cause: error },
    )
  }
}

/** Removes what is in folder `path`. The folder stays: it may be where someone is. */
export function emptyFolder(path: string): void {
  for (const name of readdirSync(path)) rmSync(resolve(path, name), { recursive: true, force: true })
}

/** Makes folder `path` with those above it, for `owner`; what is there stays. */
export function makeFolder(path: string, owner: FolderOwner | undefined): void {
  if (existsSync(path)) return
  makeFolder(dirname(path), owner)
  mkdirSync(path, { mode: 0o755 })
  if (owner !== undefined) chownSync(path, owner.uid, owner.gid)
}
