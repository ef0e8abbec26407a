import {
  type BigIntStats,
  chmodSync,
  closeSync,
  constants,
  copyFileSync,
  fstatSync,
  lchownSync,
  linkSync,
  lstatSync,
  openSync,
  readSync,
  symlinkSync,
} from 'node:fs'
import { writeWhole } from '../../../../archive/sparse-writer.ts'
import { errnoNameOf } from '../../../../base/errno-name-of.ts'
import { type BytePath, displayPath, nativePath } from '../../../../disk/byte-path.ts'
import { makeNode, setTimes, setXattr } from '../../../../disk/inode.ts'
import {
  type CreationDefaults,
  keepsMode,
  probeCreation,
} from '../../../../store/layers/creation-defaults.ts'
import type { DestinationFolder } from './destination-folder.ts'
import type { FileAttributes, Owner } from './file-attributes.ts'
import type { ModeChange } from './parse-chmod.ts'
import type { PreviousLayer } from './previous-layer.ts'
import { pathBelow, type SourceEntry, type SourceTree } from './source-tree.ts'

export interface LeafWriterOptions {
  /** The folder of the layer, which is empty. */
  readonly layer: string
  /** Owner of all that is written. @default that of the original */
  readonly owner: Owner | undefined
  readonly changeMode: ModeChange | undefined
  /** The layer that an earlier run of the step made. */
  readonly previous: PreviousLayer | undefined
}

/** Copies of files that have several links, by device and inode of the original. */
export type LinkTable = Map<string, BytePath>

/** Where something is put. */
export interface LeafPlace {
  readonly folder: DestinationFolder
  readonly name: BytePath
}

/** What is copied. Links of one table stay links of each other. */
export interface LeafSource {
  readonly tree: SourceTree
  readonly entry: SourceEntry
  readonly links: LinkTable
}

const READ = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK
const CREATE = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW
const CHUNK = Buffer.allocUnsafeSlow(256 * 1024)
const NODE_TYPES = { fifo: constants.S_IFIFO, char: constants.S_IFCHR, block: constants.S_IFBLK }

/** Writes what is no folder into a layer: content, owner, mode, times, extended attributes and hard links. */
export class LeafWriter {
  readonly #options: LeafWriterOptions
  readonly #defaults: CreationDefaults
  readonly #changed: string[] = []

  constructor(options: LeafWriterOptions) {
    this.#options = options
    this.#defaults = probeCreation(options.layer)
  }

  /** Files that were not as they were when they were hashed, for people. */
  get changed(): readonly string[] {
    return this.#changed
  }

  /** @throws {SyntaxError} If a folder is in the way. */
  write(place: LeafPlace, source: LeafSource): void {
    requireNoFolder(place)
    const { kind, target } = source.entry
    if (kind === 'file') this.#writeFile(place, source)
    else if (kind === 'link') this.#writeLink(place, source, target ?? '')
    else if (kind === 'socket') this.#writeStub(place, source)
    else if (kind !== 'folder') this.#writeNode(place, source, NODE_TYPES[kind])
  }

  /** Writes a file of root's. @param mtime Nanoseconds since the epoch. */
  writeContent(
    place: LeafPlace,
    content: Buffer,
    file: { readonly mode: number; readonly mtime: bigint },
  ): void {
    requireNoFolder(place)
    const mode = this.#options.changeMode?.(file.mode, false) ?? file.mode
    const path = place.folder.replace(place.name)
    const fd = openSync(nativePath(path), CREATE, mode & 0o777)
    try {
      writeWhole(fd, content, null)
    } finally {
      closeSync(fd)
    }
    this.#finishFile(path, { mode, mtime: file.mtime, xattrs: [], ...(this.#options.owner ?? ROOT) })
  }

  #writeFile(place: LeafPlace, { tree, entry, links }: LeafSource): void {
    const from = tree.hostPathOf(entry)
    const fd = openFile(from)
    try {
      const stats = fstatSync(fd, { bigint: true })
      if (!tree.isUnchanged(entry, stats)) this.#changed.push(displayPath(entry.path))
      const attributes = { ...this.#attributesOf(entry), mtime: stats.mtimeNs }
      if (
        this.#linkCopy(place, stats, links) ||
        this.#linkPrevious(place, { tree, entry, links }, attributes)
      )
        return
      const path = place.folder.replace(place.name)
      if (stats.size < CHUNK.length) copySmall(fd, path, attributes.mode)
      else {
        copyFileSync(
          `/proc/self/fd/${fd}`,
          nativePath(path),
          constants.COPYFILE_FICLONE | constants.COPYFILE_EXCL,
        )
        if (!tree.isUnchanged(entry, fstatSync(fd, { bigint: true })))
          this.#changed.push(displayPath(entry.path))
        chmodSync(nativePath(path), attributes.mode)
      }
      this.#finishFile(path, attributes)
      if (stats.nlink > 1n) links.set(`${stats.dev}:${stats.ino}`, path)
    } finally {
      closeSync(fd)
    }
  }

  /** Makes a link to the copy of another link of the same file. */
  #linkCopy({ folder, name }: LeafPlace, { dev, ino, nlink }: BigIntStats, links: LinkTable): boolean {
    const copy = nlink > 1n ? links.get(`${dev}:${ino}`) : undefined
    return copy !== undefined && tryLink(copy, folder.replace(name))
  }

  /** Makes a link to what an earlier run of the step wrote. */
  #linkPrevious({ folder, name }: LeafPlace, source: LeafSource, attributes: FileAttributes): boolean {
    const path = pathBelow(folder.path, name)
    const same = this.#options.previous?.find(path, {
      ...attributes,
      sha256: source.tree.sha256Of(source.entry),
    })
    return same !== undefined && tryLink(same, folder.replace(name))
  }

  #writeLink({ folder, name }: LeafPlace, { tree, entry }: LeafSource, target: BytePath): void {
    const path = folder.replace(name, target)
    symlinkSync(nativePath(target), nativePath(path))
    const { uid, gid } = this.#attributesOf(entry)
    lchownSync(nativePath(path), uid, gid)
    setTimes(path, mtimeOf(tree, entry))
  }

  #writeNode({ folder, name }: LeafPlace, { tree, entry }: LeafSource, type: number): void {
    const [major = 0, minor = 0] = (entry.device ?? '0:0').split(':').map(Number)
    if (type === constants.S_IFCHR && major === 0 && minor === 0) {
      throw new SyntaxError('it is the character device 0:0, which layers cannot hold')
    }
    const path = folder.replace(name)
    makeNode(path, { mode: type | 0o600, major, minor })
    const attributes = { ...this.#attributesOf(entry), mtime: mtimeOf(tree, entry) }
    this.#finishFile(path, attributes)
    chmodSync(nativePath(path), attributes.mode)
  }

  /** A socket means nothing without the process that made it: BuildKit copies it as an empty file. */
  #writeStub(place: LeafPlace, { tree, entry }: LeafSource): void {
    const { mode, uid, gid } = this.#attributesOf(entry)
    this.writeContent(place, Buffer.alloc(0), { mode: entry.mode, mtime: mtimeOf(tree, entry) })
    const native = nativePath(`${place.folder.hostPath}/${place.name}`)
    lchownSync(native, uid, gid)
    chmodSync(native, mode)
  }

  #attributesOf({ mode, uid, gid, xattrs }: SourceEntry): Omit<FileAttributes, 'mtime'> {
    const owner = this.#options.owner ?? { uid, gid }
    return { mode: this.#options.changeMode?.(mode, false) ?? mode, xattrs, ...owner }
  }

  /** A change of the owner takes bits of the mode away, so it comes first. */
  #finishFile(path: BytePath, { mode, uid, gid, mtime, xattrs }: FileAttributes): void {
    const native = nativePath(path)
    const isOwned = uid === this.#defaults.uid && gid === this.#defaults.gid
    if (!isOwned) lchownSync(native, uid, gid)
    if (!isOwned || !keepsMode(this.#defaults, mode)) chmodSync(native, mode)
    for (const [name, value] of xattrs) setXattr(path, name, Buffer.from(value, 'base64'))
    setTimes(path, mtime)
  }
}

const ROOT: Owner = { uid: 0, gid: 0 }

function requireNoFolder({ folder, name }: LeafPlace): void {
  if (folder.child(name)?.kind !== 'folder') return
  throw new SyntaxError(
    `"/${displayPath(pathBelow(folder.path, name))}" is a folder, expected a file or nothing`,
  )
}

function openFile(path: BytePath): number {
  const fd = openSync(nativePath(path), READ)
  if (fstatSync(fd).isFile()) return fd
  closeSync(fd)
  throw Object.assign(new Error(`${displayPath(path)} is no file`), { code: 'EINVAL' })
}

function copySmall(from: number, path: BytePath, mode: number): void {
  const to = openSync(nativePath(path), CREATE, mode & 0o777)
  try {
    for (let count = readSync(from, CHUNK); count > 0; count = readSync(from, CHUNK)) {
      writeWhole(to, CHUNK.subarray(0, count), null)
    }
  } finally {
    closeSync(to)
  }
}

function mtimeOf(tree: SourceTree, entry: SourceEntry): bigint {
  return lstatSync(nativePath(tree.hostPathOf(entry)), { bigint: true }).mtimeNs
}

/** Fails where a file has as many links as its file system allows, or is on another one. */
function tryLink(existing: BytePath, path: BytePath): boolean {
  try {
    linkSync(nativePath(existing), nativePath(path))
    return true
  } catch (error) {
    if (['EMLINK', 'EXDEV', 'ENOENT', 'EPERM'].includes(errnoNameOf(error) ?? '')) return false
    throw error
  }
}
