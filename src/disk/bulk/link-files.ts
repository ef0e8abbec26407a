import { linkSync } from 'node:fs'
import { errnoNameOf } from '../../base/errno-name-of.ts'
import { type BulkCalls, loadBulkCalls } from '../../linux/bulk-calls.ts'
import { SystemCallError } from '../../linux/libc.ts'
import { type BytePath, displayPath, nativePath } from '../byte-path.ts'
import { cPath } from '../inode.ts'

/** Names of files, and the two folders: that which has them and that which gets links. */
export interface FilesToLink {
  readonly from: BytePath
  readonly to: BytePath
  readonly names: readonly BytePath[]
}

/**
 * Makes a hard link to each file, while others go on. Returns for each name in turn with what error that failed, or
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

async function linkWith(calls: BulkCalls, { from, to, names }: FilesToLink): ReturnType<LinkFiles> {
  const errors = new Int32Array(names.length)
  const result = await calls.linkFiles(cPath(from), cPath(to), terminated(names), names.length, errors)
  if (result < 0) throw new SystemCallError('open', -result, displayPath(`${from}, ${to}`))
  return Array.from(errors, (errno, index) =>
    errno === 0 ? undefined : new SystemCallError('linkat', errno, displayPath(`${to}/${names[index]}`)),
  )
}

/** Returns names as the library takes them. */
export function terminated(names: readonly BytePath[]): Buffer {
  return Buffer.from(`${names.join('\0')}\0`, 'latin1')
}

async function linkSingly({ from, to, names }: FilesToLink): ReturnType<LinkFiles> {
  return names.map(name => {
    try {
      linkSync(nativePath(`${from}/${name}`), nativePath(`${to}/${name}`))
      return undefined
    } catch (error) {
      if (errnoNameOf(error) === undefined || !(error instanceof Error)) throw error
      return error
    }
  })
}
