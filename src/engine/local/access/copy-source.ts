import { constants, fstatSync } from 'node:fs'
import { posix } from 'node:path'
import type { TarSource } from '../../../archive/folder-tar.ts'
import { bytePath } from '../../../disk/byte-path.ts'
import { openInRoot } from '../../../disk/open-in-root.ts'
import type { OpenedFile } from '../../../disk/opened-file.ts'

/** A path below a root, as its user wrote it but for the working directory. */
export interface CopyPath {
  /** Descriptor of the root. */
  readonly root: number
  /** Absolute; a slash or `/.` at its end has a meaning. */
  readonly path: string
}

/** What is to be copied. */
export interface CopySource extends Disposable {
  readonly isFolder: boolean
  /** Copy what is in the folder and not the folder: its path ends in `/.`. */
  readonly isContent: boolean
  /** The name that it has. */
  readonly name: string
  readonly place: Pick<TarSource, 'folder' | 'name'>
}

const O_PATH = 0o10000000

/**
 * Opens what is at a path. A link at its end is what is copied, unless it is to be followed or the path ends in a slash.
 *
 * @throws {SystemCallError} ENOENT, ENOTDIR and others as open(2).
 */
export function openSource({ root, path }: CopyPath, followsLink: boolean): CopySource {
  const isContent = /\/\.$/.test(path)
  const clean = cleanPath(path)
  const asFolder = isContent || path.endsWith('/')
  const name = posix.basename(clean)
  if (asFolder || followsLink || clean === '/') {
    const flags = asFolder ? O_PATH | constants.O_DIRECTORY : O_PATH
    const opened = openInRoot(root, bytePath(clean), flags)
    const isFolder = fstatSync(opened.fd).isDirectory()
    const place = { folder: opened.fd, name: isFolder ? '.' : undefined }
    return sourceOf(opened, { isFolder, isContent: isContent || clean === '/', name, place })
  }
  const parent = openInRoot(root, bytePath(posix.dirname(clean)), O_PATH | constants.O_DIRECTORY)
  try {
    using opened = openInRoot(root, bytePath(clean), O_PATH | constants.O_NOFOLLOW)
    const isFolder = fstatSync(opened.fd).isDirectory()
    return sourceOf(parent, {
      ...{ isFolder, isContent, name },
      place: { folder: parent.fd, name: bytePath(name) },
    })
  } catch (error) {
    parent[Symbol.dispose]()
    throw error
  }
}

function sourceOf(opened: OpenedFile, source: Omit<CopySource, typeof Symbol.dispose>): CopySource {
  return { ...source, [Symbol.dispose]: () => opened[Symbol.dispose]() }
}

/** Returns `path` without `.`, `..` and a slash at its end. */
export function cleanPath(path: string): string {
  const clean = posix.normalize(`/${path}`)
  return clean.length > 1 && clean.endsWith('/') ? clean.slice(0, -1) : clean
}
