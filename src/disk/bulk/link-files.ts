import { linkSync } from 'node:fs'
import { errnoNameOf } from '../../base/errno-name-of.ts'
import { type BulkCalls, loadBulkCalls } from '../../linux/bulk-calls.ts'
import { SystemCallError } from '../../linux/libc.ts'
import { type BytePath, displayPath, nativePath } from '../byte-path.ts'
import { cPath } from '../inode.ts'

/** Paths of files below two folders: that which has them and that which gets links, with the folders that they are in. */
export interface FilesToLink {
  readonly from: BytePath
  readonly to: BytePath
  readonly paths: readonly BytePath[]
}

/**
 * Makes a hard link to each file, while others go on. Returns for each path in turn with what error that failed, or
 * undefined. It has an `errnoName` or a `code`.
 *
 * @throws {Error} With `errnoName`, if a folder cannot be opened.
 */
export type LinkFiles = (files: FilesToLink) => Promise<readonly (Error | undefined)[]>

/** Makes hard links. */
export const linkFiles: LinkFiles = linkingWith(loadBulkCalls())

/** Returns what makes links by `calls`, or without them by a call for each file. */
export function linkingWith(calls: BulkCalls | undefined): LinkFiles {
  return calls === undefined ? linkSingly : files => linkWith(calls, files)
}

async function linkWith(calls: BulkCalls, { from, to, paths }: FilesToLink): ReturnType<LinkFiles> {
  const errors = new Int32Array(paths.length)
  const result = await calls.linkFiles(cPath(from), cPath(to), terminated(paths), paths.length, errors)
  if (result < 0) throw new SystemCallError('open', -result, displayPath(`${from}, ${to}`))
  return Array.from(errors, (errno, index) =>
    errno === 0 ? undefined : new SystemCallError('linkat', errno, displayPath(`${to}/${paths[index]}`)),
  )
}

/** Returns names as the library takes them. */
export function terminated(names: readonly BytePath[]): Buffer {
  return Buffer.from(`${names.join('\0')}\0`, 'latin1')
}

async function linkSingly({ from, to, paths }: FilesToLink): ReturnType<LinkFiles> {
  return paths.map(path => {
    try {
      linkSync(nativePath(`${from}/${path}`), nativePath(`${to}/${path}`))
      return undefined
    } catch (error) {
      if (errnoNameOf(error) === undefined || !(error instanceof Error)) throw error
      return error
    }
  })
}
