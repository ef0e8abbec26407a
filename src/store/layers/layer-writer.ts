import {
  chmodSync,
  closeSync,
  constants,
  lchownSync,
  linkSync,
  lstatSync,
  mkdirSync,
  openSync,
  symlinkSync,
  unlinkSync,
} from 'node:fs'
import { SparseWriter, writeWhole } from '../../archive/sparse-writer.ts'
import type { TarEntry } from '../../archive/tar-header.ts'
import type { TarVisitor } from '../../archive/tar-reader.ts'
import { assertNever } from '../../base/assert-never.ts'
import { type BytePath, bytePath, displayPath, nativePath } from '../../disk/byte-path.ts'
import { makeNode, OPAQUE_XATTR, setTimes, setXattr } from '../../disk/inode.ts'
import { removeTreeSync } from '../../disk/remove-tree.ts'
import { type CreationDefaults, keepsMode, probeCreation } from './creation-defaults.ts'
import { isImageXattr, isOverlayXattr } from './image-xattr.ts'
import { layerEntryPath, splitEntryPath } from './layer-entry-path.ts'
import type { LayerLimits } from './layer-limits.ts'
import { parseWhiteout } from './whiteout.ts'

/** A folder of the layer that was made by this writer and is no link. */
interface Folder {
  /** Undefined for one that the archive only implies. */
  entry: TarEntry | undefined
  isOpaque: boolean
  /** The layer removes what lower layers have there, so that this is another folder than theirs. */
  isAnother: boolean
}

/** The file that content is written to. */
interface OpenFile {
  readonly fd: number
  readonly path: BytePath
  readonly sparse: SparseWriter | undefined
}

const CREATE = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW
const NODE_TYPES = { fifo: constants.S_IFIFO, character: constants.S_IFCHR, block: constants.S_IFBLK }
const OPAQUE_VALUE = new TextEncoder().encode('y')

/**
 * Writes the entries of a layer into an empty folder that no other user can reach. Nothing is written outside it: each
 * parent of an entry must be a folder that this writer made, never a link, so that the kernel follows none.
 * Attributes of folders are set by `finish`, when nothing is added to them any more.
 */
export class LayerWriter implements TarVisitor {
  readonly #root: BytePath
  readonly #limits: LayerLimits
  readonly #folders = new Map<BytePath, Folder>([
    ['', { entry: undefined, isOpaque: false, isAnother: false }],
  ])
  readonly #whiteouts = new Set<BytePath>()
  #entryCount = 0
  #replacedFolders = 0
  #contentBytes = 0
  #current: TarEntry | undefined
  #openFile: OpenFile | undefined
  #apparentBytes = 0
  readonly #defaults: CreationDefaults

  constructor(root: string, limits: LayerLimits) {
    this.#root = bytePath(root)
    this.#limits = limits
    this.#defaults = probeCreation(root)
  }

  /** The entry being written, for an error's message. */
  get entryName(): BytePath | undefined {
    return this.#current?.name
  }

  /** Bytes of all files written so far: the layer's size as image tools give it. A hard link counts nothing. */
  get contentBytes(): number {
    return this.#contentBytes
  }

  /** Folders that the archive only implies, the layer itself included: lower layers say what they are like. */
  get impliedFolders(): readonly BytePath[] {
    return [...this.#folders].flatMap(([path, { entry, isAnother }]) =>
      entry === undefined && !isAnother ? [path] : [],
    )
  }

  /** @throws {SyntaxError} If the entry is refused. */
  entryStarted(entry: TarEntry): void {
    this.#current = entry
    this.#entryCount += 1
    if (this.#entryCount > this.#limits.entries) {
      throw new SyntaxError(`the layer has more than ${this.#limits.entries} entries`)
    }
    this.#countBytes(entry)
    const path = layerEntryPath(entry.name)
    const { folder, name } = splitEntryPath(path)
    this.#ensureFolder(folder)
    const whiteout = parseWhiteout(name)
    if (whiteout.kind === 'none') this.#make(path, entry)
    else if (whiteout.kind === 'opaque') this.#markOpaque(folder)
    else if (whiteout.kind === 'removed') this.#whiteOut(join(folder, whiteout.name))
  }

  content(bytes: Buffer): void {
    if (this.#openFile === undefined) return
    const { fd, sparse } = this.#openFile
    if (sparse === undefined) writeWhole(fd, bytes, null)
    else sparse.write(bytes)
  }

  entryEnded(): void {
    if (this.#openFile !== undefined && this.#current !== undefined)
      this.#endFile(this.#openFile, this.#current)
    this.#current = undefined
  }

  /** Gives the folders their owners, modes and times. */
  finish(): void {
    for (const [path, { entry, isOpaque }] of this.#folders) {
      this.#current = entry
      const native = this.#native(path)
      if (isOpaque) setXattr(this.#absolute(path), OPAQUE_XATTR, OPAQUE_VALUE)
      if (entry !== undefined) this.#setAttributes(this.#absolute(path), entry)
      else {
        lchownSync(native, 0, 0)
        chmodSync(native, 0o755)
      }
    }
    this.#current = undefined
  }

  [Symbol.dispose](): void {
    this.#closeFile()
  }

  #make(path: BytePath, entry: TarEntry): void {
    switch (entry.kind) {
      case 'folder':
        this.#makeFolder(path, entry)
        break
      case 'file':
        this.#place(path, () => this.#startFile(path, entry))
        break
      case 'link':
        this.#makeLink(path, entry.linkName)
        break
      case 'symlink':
        this.#makeSpecial(path, entry, () => symlinkSync(nativePath(entry.linkName), this.#native(path)))
        break
      case 'fifo':
      case 'character':
      case 'block':
        this.#makeNode(path, entry, NODE_TYPES[entry.kind])
        break
      default:
        assertNever(entry.kind)
    }
  }

  #makeFolder(path: BytePath, entry: TarEntry): void {
    const folder = this.#folders.get(path)
    if (folder !== undefined) folder.entry = entry
    else {
      const isOpaque = this.#whiteouts.has(path)
      this.#place(path, () => mkdirSync(this.#native(path), 0o700))
      this.#folders.set(path, { entry, isOpaque, isAnother: isOpaque })
    }
  }

  #startFile(path: BytePath, { mode, sparse }: TarEntry): void {
    const fd = openSync(this.#native(path), CREATE, mode & 0o777)
    const sparseWriter = sparse === undefined ? undefined : new SparseWriter(fd, sparse)
    this.#openFile = { fd, path: this.#absolute(path), sparse: sparseWriter }
  }

  #endFile({ path, sparse }: OpenFile, entry: TarEntry): void {
    sparse?.end()
    this.#contentBytes += entry.sparse?.size ?? entry.size
    this.#closeFile()
    this.#setFileAttributes(path, entry)
  }

  /** A hole takes no place, but what copies the file later may fill it. */
  #countBytes({ sparse, size }: TarEntry): void {
    this.#apparentBytes += sparse?.size ?? size
    if (this.#apparentBytes > this.#limits.bytes) {
      throw new SyntaxError(`the layer's files have more than ${this.#limits.bytes} bytes, holes included`)
    }
  }

  #makeLink(path: BytePath, linkName: BytePath): void {
    const target = layerEntryPath(linkName.replace(/^\/+/, ''))
    const { folder } = splitEntryPath(target)
    const isFile = !this.#folders.has(target) && !this.#whiteouts.has(target)
    if (!this.#folders.has(folder) || !isFile || target === path) {
      throw new SyntaxError(`it is a link to "${displayPath(linkName)}", expected a file of the same layer`)
    }
    // link(2) does not follow a link that `target` itself may be.
    this.#place(path, () => linkSync(this.#native(target), this.#native(path)))
  }

  #makeNode(path: BytePath, entry: TarEntry, type: number): void {
    const { major, minor } = entry
    if (type === constants.S_IFCHR && major === 0 && minor === 0) {
      throw new SyntaxError('it is the character device 0:0, by which overlayfs knows what is removed')
    }
    this.#makeSpecial(path, entry, () => makeNode(this.#absolute(path), { mode: type | 0o600, major, minor }))
  }

  #makeSpecial(path: BytePath, entry: TarEntry, make: () => void): void {
    this.#place(path, make)
    this.#setAttributes(this.#absolute(path), entry)
  }

  /** Runs `make`, after what an earlier entry left at `path` was removed. */
  #place(path: BytePath, make: () => void): void {
    if (path === '') throw new SyntaxError('it is the root of the layer, expected a folder')
    try {
      make()
    } catch (error) {
      if (!hasErrno(error, 'EEXIST')) throw error
      this.#clear(path)
      make()
    }
  }

  #clear(path: BytePath): void {
    this.#whiteouts.delete(path)
    if (this.#folders.has(path)) this.#clearFolder(path)
    else unlinkSync(this.#native(path))
  }

  #clearFolder(path: BytePath): void {
    this.#replacedFolders += 1
    if (this.#replacedFolders > this.#limits.replacedFolders) {
      throw new SyntaxError(`the layer replaces more than ${this.#limits.replacedFolders} folders`)
    }
    removeTreeSync(`${this.#root}/${path}`)
    for (const folder of this.#folders.keys()) {
      if (folder === path || folder.startsWith(`${path}/`)) this.#folders.delete(folder)
    }
    for (const whiteout of this.#whiteouts) {
      if (whiteout.startsWith(`${path}/`)) this.#whiteouts.delete(whiteout)
    }
  }

  #ensureFolder(path: BytePath): void {
    if (this.#folders.has(path)) return
    this.#ensureFolder(splitEntryPath(path).folder)
    const isOpaque = this.#whiteouts.delete(path)
    if (isOpaque) unlinkSync(this.#native(path))
    try {
      mkdirSync(this.#native(path), 0o700)
    } catch (error) {
      if (!hasErrno(error, 'EEXIST')) throw error
      const kind = lstatSync(this.#native(path)).isSymbolicLink() ? 'link' : 'file'
      throw new SyntaxError(`"${displayPath(path)}" on its path is a ${kind}, expected a folder`)
    }
    this.#folders.set(path, { entry: undefined, isOpaque, isAnother: isOpaque })
  }

  #markOpaque(path: BytePath): void {
    const folder = this.#folders.get(path)
    if (folder !== undefined) folder.isOpaque = true
  }

  /** A whiteout hides the lower layers' entry only: one of this layer stays. */
  #whiteOut(path: BytePath): void {
    const folder = this.#folders.get(path)
    if (folder !== undefined) {
      folder.isOpaque = true
      folder.isAnother = true
      return
    }
    try {
      makeNode(this.#absolute(path), { mode: constants.S_IFCHR, major: 0, minor: 0 })
      this.#whiteouts.add(path)
    } catch (error) {
      if (!hasErrno(error, 'EEXIST')) throw error
    }
  }

  /** The owner comes first: chown(2) takes setuid bits and file capabilities away. */
  #setAttributes(path: BytePath, entry: TarEntry): void {
    const native = nativePath(path)
    lchownSync(native, entry.uid, entry.gid)
    if (entry.kind !== 'symlink') chmodSync(native, entry.mode)
    setXattrs(path, entry)
    setTimes(path, entry.mtime)
  }

  /** Sets what the file was not made with. A change of the owner takes bits of the mode away, so both are set then. */
  #setFileAttributes(path: BytePath, entry: TarEntry): void {
    const { uid, gid } = this.#defaults
    const isOwned = entry.uid === uid && entry.gid === gid
    if (!isOwned) lchownSync(nativePath(path), entry.uid, entry.gid)
    if (!isOwned || !keepsMode(this.#defaults, entry.mode)) chmodSync(nativePath(path), entry.mode)
    setXattrs(path, entry)
    setTimes(path, entry.mtime)
  }

  #closeFile(): void {
    const file = this.#openFile
    this.#openFile = undefined
    if (file !== undefined) closeSync(file.fd)
  }

  #absolute(path: BytePath): BytePath {
    return `${this.#root}/${path}`
  }

  #native(path: BytePath): string | Buffer {
    return nativePath(`${this.#root}/${path}`)
  }
}

function join(folder: BytePath, name: BytePath): BytePath {
  return folder === '' ? name : `${folder}/${name}`
}

/** @throws {SyntaxError} For attributes by which overlayfs redirects a name to another folder. */
function setXattrs(path: BytePath, { xattrs }: TarEntry): void {
  for (const [name, value] of xattrs) {
    if (isOverlayXattr(name)) {
      throw new SyntaxError(`it has the extended attribute "${name}", which belongs to overlayfs`)
    }
    if (isImageXattr(name)) setXattr(path, name, value)
  }
}

function hasErrno(error: unknown, name: string): boolean {
  if (!(error instanceof Error)) return false
  return ('code' in error && error.code === name) || ('errnoName' in error && error.errnoName === name)
}
