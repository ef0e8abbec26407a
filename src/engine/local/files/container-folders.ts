import { constants, lchownSync, mkdirSync } from 'node:fs'
import { posix } from 'node:path'
import { errnoNameOf } from '../../../base/errno-name-of.ts'
import { type BytePath, nativePath } from '../../../disk/byte-path.ts'
import { openInRoot } from '../../../disk/open-in-root.ts'
import { O_PATH } from '../../../disk/openat2.ts'
import type { OpenedFile } from '../../../disk/opened-file.ts'
import { type Place, pathOf } from './place-in-folder.ts'

/** Who owns what is made. */
export interface FileOwner {
  readonly uid: number
  readonly gid: number
}

/**
 * The folders of a container, each opened once. A path is walked as the container's processes walk it: its links lead to
 * where they lead there, and none out of it.
 */
export class ContainerFolders implements Disposable {
  readonly #root: number
  readonly #owner: FileOwner
  readonly #open = new Map<BytePath, OpenedFile>()

  /** @param owner Of folders that are made because they are missing. */
  constructor(root: number, owner: FileOwner) {
    this.#root = root
    this.#owner = owner
  }

  /** Returns the place of `path`, absolute and not `/`; undefined if the folder it is in is not there. */
  find(path: BytePath): Place | undefined {
    const folder = this.#opened(posix.dirname(path))
    return folder === undefined ? undefined : { folder: folder.fd, name: posix.basename(path) }
  }

  /** Does `find`, and makes the folder where it is missing, with those above it. */
  reach(path: BytePath): Place {
    const folder = posix.dirname(path)
    const opened = this.#opened(folder) ?? this.#made(folder)
    return { folder: opened.fd, name: posix.basename(path) }
  }

  /** Closes every folder: what has its name may be another one by now. */
  forget(): void {
    for (const folder of this.#open.values()) folder[Symbol.dispose]()
    this.#open.clear()
  }

  [Symbol.dispose](): void {
    this.forget()
  }

  #opened(path: BytePath): OpenedFile | undefined {
    const known = this.#open.get(path)
    if (known !== undefined) return known
    try {
      const folder = openInRoot(this.#root, path, O_PATH | constants.O_DIRECTORY)
      this.#open.set(path, folder)
      return folder
    } catch (error) {
      const errno = errnoNameOf(error)
      if (errno === 'ENOENT' || errno === 'ENOTDIR') return undefined
      throw error
    }
  }

  #made(path: BytePath): OpenedFile {
    const place = this.reach(path)
    const native = nativePath(pathOf(place))
    try {
      mkdirSync(native, 0o755)
      lchownSync(native, this.#owner.uid, this.#owner.gid)
    } catch (error) {
      if (errnoNameOf(error) !== 'EEXIST') throw error
    }
    const made = this.#opened(path)
    if (made !== undefined) return made
    throw Object.assign(new Error(`${path} is in the way: it is no folder`), { code: 'ENOTDIR' })
  }
}
