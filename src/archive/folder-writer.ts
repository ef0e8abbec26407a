import {
  chmodSync,
  constants,
  fchmodSync,
  fchownSync,
  lchownSync,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  symlinkSync,
  unlinkSync,
} from 'node:fs'
import { errnoNameOf } from '../base/errno-name-of.ts'
import { type BytePath, displayPath, nativePath } from '../disk/byte-path.ts'
import { makeNode, setTimes, setXattr } from '../disk/inode.ts'
import { openBelow } from '../disk/open-in-root.ts'
import { type OpenedFile, openedFile } from '../disk/opened-file.ts'
import { SparseWriter, writeWhole } from './sparse-writer.ts'
import type { TarEntry } from './tar-header.ts'
import type { TarVisitor } from './tar-reader.ts'

/** Whom written files belong to. */
export interface WriterOwner {
  readonly uid: number
  readonly gid: number
}

/** The file that content is written to. */
interface WrittenFile {
  readonly opened: OpenedFile
  readonly place: BytePath
  readonly entry: TarEntry
  readonly sparse: SparseWriter | undefined
}

const O_PATH = 0o10000000
const FOLDER = O_PATH | constants.O_DIRECTORY
const CREATE = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW
const OVERWRITE = constants.O_WRONLY | constants.O_TRUNC | constants.O_NOFOLLOW | constants.O_NONBLOCK
const NODE_TYPES = { fifo: constants.S_IFIFO, character: constants.S_IFCHR, block: constants.S_IFBLK }

/**
 * Writes the entries of an archive into a folder, which others may change meanwhile: no link below it is followed. A folder
 * that is there stays with what is in it; any other file is replaced, and one that is a mount point is written over.
 *
 * @throws {SyntaxError} From its methods, if an entry leads out of the folder, or a folder would take the place of a file or the
 * other way round.
 */
export class FolderWriter implements TarVisitor, Disposable {
  readonly #folder: number
  readonly #owner: WriterOwner | undefined
  #parent: { readonly path: BytePath; readonly opened: OpenedFile } | undefined
  #file: WrittenFile | undefined
  /** Times of folders, which change while something is put into them. */
  readonly #times = new Map<BytePath, bigint>()

  /** @param folder A descriptor. @param owner Of all that is written. @default that of each entry */
  constructor(folder: number, owner: WriterOwner | undefined) {
    this.#folder = folder
    this.#owner = owner
  }

  entryStarted(entry: TarEntry): void {
    const path = cleanName(entry.name)
    if (path === '') return
    const cut = path.lastIndexOf('/')
    const parent = this.#openParent(path.slice(0, Math.max(cut, 0)))
    const place = `/proc/self/fd/${parent.fd}/${path.slice(cut + 1)}`
    if (entry.kind === 'folder') this.#writeFolder(place, path, entry)
    else this.#writeLeaf(place, path, entry)
  }

  content(bytes: Buffer): void {
    if (this.#file === undefined) return
    if (this.#file.sparse === undefined) writeWhole(this.#file.opened.fd, bytes, null)
    else this.#file.sparse.write(bytes)
  }

  entryEnded(): void {
    if (this.#file === undefined) return
    using opened = this.#file.opened
    const { place, entry, sparse } = this.#file
    this.#file = undefined
    sparse?.end()
    const { uid, gid } = this.#owner ?? entry
    fchownSync(opened.fd, uid, gid)
    fchmodSync(opened.fd, entry.mode)
    for (const [name, value] of entry.xattrs) setXattr(place, name, value)
    setTimes(place, entry.mtime)
  }

  /** Ends what was put off. */
  finish(): void {
    for (const [path, mtime] of [...this.#times].reverse()) {
      const cut = path.lastIndexOf('/')
      using parent = openBelow(this.#folder, path.slice(0, Math.max(cut, 0)), FOLDER)
      setTimes(`/proc/self/fd/${parent.fd}/${path.slice(cut + 1)}`, mtime)
    }
  }

  [Symbol.dispose](): void {
    this.#file?.opened[Symbol.dispose]()
    this.#parent?.opened[Symbol.dispose]()
  }

  /** Archives may leave out the folders that things are in. */
  #openParent(path: BytePath): OpenedFile {
    if (this.#parent?.path === path) return this.#parent.opened
    this.#parent?.opened[Symbol.dispose]()
    this.#parent = undefined
    this.#parent = { path, opened: this.#openOrMake(path) }
    return this.#parent.opened
  }

  #openOrMake(path: BytePath): OpenedFile {
    try {
      return openBelow(this.#folder, path, FOLDER)
    } catch (error) {
      if (errnoNameOf(error) === 'ELOOP' || errnoNameOf(error) === 'ENOTDIR')
        throw new SyntaxError(`"${displayPath(path)}" is no folder at the destination`)
      if (errnoNameOf(error) !== 'ENOENT' || path === '') throw error
    }
    const cut = path.lastIndexOf('/')
    using above = this.#openOrMake(path.slice(0, Math.max(cut, 0)))
    mkdirSync(nativePath(`/proc/self/fd/${above.fd}/${path.slice(cut + 1)}`), { mode: 0o755 })
    return openBelow(this.#folder, path, FOLDER)
  }

  #writeFolder(place: BytePath, path: BytePath, entry: TarEntry): void {
    const native = nativePath(place)
    const stats = lstatSync(native, { throwIfNoEntry: false })
    if (stats !== undefined && !stats.isDirectory())
      throw new SyntaxError(`"${displayPath(path)}" is no folder at the destination`)
    if (stats === undefined) mkdirSync(native, { mode: 0o700 })
    using folder = openBelow(this.#folder, path, constants.O_RDONLY | constants.O_DIRECTORY)
    const { uid, gid } = this.#owner ?? entry
    fchownSync(folder.fd, uid, gid)
    fchmodSync(folder.fd, entry.mode)
    for (const [name, value] of entry.xattrs) setXattr(place, name, value)
    this.#times.set(path, entry.mtime)
  }

  #writeLeaf(place: BytePath, path: BytePath, entry: TarEntry): void {
    const native = nativePath(place)
    const isMountPoint = !removeLeaf(place, path)
    if (entry.kind === 'file') {
      const opened = openedFile(openSync(native, isMountPoint ? OVERWRITE : CREATE, 0o600))
      const sparse = entry.sparse && new SparseWriter(opened.fd, entry.sparse)
      this.#file = { opened, place, entry, sparse }
      return
    }
    if (entry.kind === 'link') {
      this.#writeHardLink(place, cleanName(entry.linkName))
      return
    }
    if (entry.kind === 'symlink') symlinkSync(nativePath(entry.linkName), native)
    else if (entry.kind !== 'folder')
      makeNode(place, { mode: NODE_TYPES[entry.kind] | 0o600, major: entry.major, minor: entry.minor })
    const { uid, gid } = this.#owner ?? entry
    lchownSync(native, uid, gid)
    if (entry.kind !== 'symlink') changeMode(place, entry.mode)
    setTimes(place, entry.mtime)
  }

  /** The other name is one of the archive, so it is below the folder. */
  #writeHardLink(place: BytePath, target: BytePath): void {
    const cut = target.lastIndexOf('/')
    using parent = openBelow(this.#folder, target.slice(0, Math.max(cut, 0)), FOLDER)
    linkSync(nativePath(`/proc/self/fd/${parent.fd}/${target.slice(cut + 1)}`), nativePath(place))
  }
}

/**
 * Returns `name` without what does not matter in it; empty for the folder itself.
 *
 * @throws {SyntaxError} If it leads out.
 */
function cleanName(name: BytePath): BytePath {
  const parts = name.split('/').filter(part => part !== '' && part !== '.')
  if (parts.includes('..')) throw new SyntaxError(`"${displayPath(name)}" leads out of its folder`)
  return parts.join('/')
}

/** By descriptor: chmod(2) would follow a link that has taken the place meanwhile. */
function changeMode(place: BytePath, mode: number): void {
  using node = openedFile(openSync(nativePath(place), O_PATH | constants.O_NOFOLLOW))
  chmodSync(`/proc/self/fd/${node.fd}`, mode)
}

/** Returns false for a file that something is mounted on. */
function removeLeaf(place: BytePath, path: BytePath): boolean {
  const stats = lstatSync(nativePath(place), { throwIfNoEntry: false })
  if (stats?.isDirectory()) throw new SyntaxError(`"${displayPath(path)}" is a folder at the destination`)
  try {
    if (stats !== undefined) unlinkSync(nativePath(place))
    return true
  } catch (error) {
    if (errnoNameOf(error) === 'EBUSY' && stats?.isFile()) return false
    throw error
  }
}
