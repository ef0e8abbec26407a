import { constants, fstatSync, readlinkSync, type Stats } from 'node:fs'
import { posix } from 'node:path'
import { errnoNameOf } from '../../../base/errno-name-of.ts'
import { bytePath, displayPath } from '../../../disk/byte-path.ts'
import { openInRoot } from '../../../disk/open-in-root.ts'
import type { OpenedFile } from '../../../disk/opened-file.ts'
import { type CopyPath, type CopySource, cleanPath } from './copy-source.ts'

/** Where something is put. */
export interface CopyDestination extends Disposable {
  /** Descriptor of the folder. */
  readonly folder: number
  /** The name that the source gets there; empty for one of which only the content is copied. */
  readonly name: string
}

const O_PATH = 0o10000000
const MOST_LINKS = 40

/**
 * Returns where docker cp puts `source`: in a folder that is there, in place of a file, or, where nothing is, under the last
 * name of the path, in a folder that must be there.
 *
 * @throws {SyntaxError} If a folder would replace a file, or what is to be a folder is none.
 * @throws {SystemCallError} As open(2).
 */
export function openDestination(
  to: CopyPath,
  source: Pick<CopySource, 'isFolder' | 'isContent' | 'name'>,
): CopyDestination {
  const asFolder = /\/\.?$/.test(to.path)
  const { path, stats } = finalPath(to.root, cleanPath(to.path))
  if (stats?.isDirectory()) return inFolder(to.root, path, source.isContent ? '' : source.name)
  if (stats !== undefined) {
    if (source.isFolder) throw new SyntaxError('it is a file, and the source is a folder')
    if (asFolder) throw new SyntaxError('it is no folder')
    if (!stats.isFile()) throw new SyntaxError('it is neither a folder nor a file')
  }
  if (stats === undefined && asFolder && !source.isFolder) throw new SyntaxError('there is no such folder')
  return inFolder(to.root, posix.dirname(path), posix.basename(path))
}

function inFolder(root: number, path: string, name: string): CopyDestination {
  const opened = openFolder(root, path)
  return { folder: opened.fd, name, [Symbol.dispose]: () => opened[Symbol.dispose]() }
}

function openFolder(root: number, path: string): OpenedFile {
  try {
    return openInRoot(root, bytePath(path), constants.O_RDONLY | constants.O_DIRECTORY)
  } catch (error) {
    if (errnoNameOf(error) === 'ENOENT') throw new SyntaxError(`there is no folder "${path}"`)
    throw error
  }
}

/** Follows the links at the end of `path`, also the one that leads to nothing. */
function finalPath(root: number, path: string): { readonly path: string; readonly stats: Stats | undefined } {
  let current = path
  for (let links = 0; links < MOST_LINKS; links += 1) {
    using opened = openIfThere(root, current)
    if (opened === undefined) return { path: current, stats: undefined }
    const stats = fstatSync(opened.fd)
    if (!stats.isSymbolicLink()) return { path: current, stats }
    current = cleanPath(posix.resolve(posix.dirname(current), targetOf(root, current)))
  }
  throw new SyntaxError('too many links lead to it')
}

function openIfThere(root: number, path: string): OpenedFile | undefined {
  try {
    return openInRoot(root, bytePath(path), O_PATH | constants.O_NOFOLLOW)
  } catch (error) {
    if (errnoNameOf(error) === 'ENOENT') return undefined
    throw error
  }
}

function targetOf(root: number, path: string): string {
  using parent = openInRoot(root, bytePath(posix.dirname(path)), O_PATH | constants.O_DIRECTORY)
  return displayPath(
    readlinkSync(Buffer.from(`/proc/self/fd/${parent.fd}/${posix.basename(path)}`), { encoding: 'latin1' }),
  )
}
