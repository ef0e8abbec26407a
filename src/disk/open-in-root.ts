import type { BytePath } from './byte-path.ts'
import { openAt2, RESOLVE } from './openat2.ts'
import type { OpenedFile } from './opened-file.ts'

/**
 * Opens `path` as a process would whose root is the folder behind `root`: links and `..` lead nowhere else, and those of
 * /proc that name no path are not followed. `flags` are O_*.
 *
 * @throws {SystemCallError} As open(2).
 */
export function openInRoot(root: number, path: BytePath, flags: number): OpenedFile {
  return openAt2(root, path, { flags, resolve: RESOLVE.inRoot | RESOLVE.noMagicLinks })
}

/**
 * Opens `path` below the folder behind `folder`, without a link on the way and at its end.
 *
 * @throws {SystemCallError} ELOOP for a link, EXDEV for a path that leads out.
 */
export function openBelow(folder: number, path: BytePath, flags: number): OpenedFile {
  return openAt2(folder, path, { flags, resolve: RESOLVE.beneath | RESOLVE.noLinks })
}
