import { constants, openSync } from 'node:fs'
import { type BytePath, nativePath } from './byte-path.ts'
import { O_PATH, openAt2, RESOLVE } from './openat2.ts'
import { type OpenedFile, openedFile } from './opened-file.ts'

/**
 * Opens `path` below the folder `root`, for a tree that a container may change meanwhile: a link below `root` is not
 * followed, and nothing outside is reached. `flags` are O_*.
 *
 * @throws {SystemCallError} ELOOP for a link on the way, EXDEV for a path that leads out.
 */
export function openBeneath(root: BytePath, path: BytePath, flags: number): OpenedFile {
  using folder = openedFile(openSync(nativePath(root || '/'), O_PATH | constants.O_DIRECTORY))
  return openAt2(folder.fd, path, { flags, resolve: RESOLVE.beneath | RESOLVE.noLinks })
}

/**
 * Opens `path` as a process does whose root is the folder `root`: links are followed, and lead to nothing outside of it.
 * `flags` are O_*.
 *
 * @throws {SystemCallError} ENOENT if it is not there.
 */
export function openInRoot(root: BytePath, path: BytePath, flags: number): OpenedFile {
  using folder = openedFile(openSync(nativePath(root || '/'), O_PATH | constants.O_DIRECTORY))
  return openAt2(folder.fd, path, { flags, resolve: RESOLVE.inRoot })
}
