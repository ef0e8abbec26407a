import {
  type BigIntStats,
  chmodSync,
  closeSync,
  constants,
  fstatSync,
  lchownSync,
  linkSync,
  lstatSync,
  openSync,
  readSync,
  symlinkSync,
} from 'node:fs'
import { copyFile } from 'node:fs/promises'
import { writeWhole } from '../../../../archive/sparse-writer.ts'
import { errnoNameOf } from '../../../../base/errno-name-of.ts'
import { factsOf, type FileFacts as SeenFacts } from '../../../../disk/bulk/file-facts.ts'
import { type FilesToLink, linkFiles } from '../../../../disk/bulk/link-files.ts'
import { type BytePath, bytePath, displayPath, nativePath } from '../../../../disk/byte-path.ts'
import { makeNode, setTimes, setXattr } from '../../../../disk/inode.ts'
import { type OpenedFile, openedFile } from '../../../../disk/opened-file.ts'
import type { LayerSize } from '../../../../store/built/walk-layer.ts'
import {
  type CreationDefaults,
  keepsMode,
  probeCreation,
} from '../../../../store/layers/creation-defaults.ts'
import { copiedXattrs } from './copied-xattrs.ts'
import type { DestinationFolder } from './destination-folder.ts'
import type { FileAttributes, Owner } from './file-attributes.ts'
import { mtimeOf } from './mtime-of.ts'
import type { ModeChange } from './parse-chmod.ts'
import type { PreviousLayer } from './previous-layer.ts'
import { LARGE_FILE, pathBelow, type SourceEntry, type SourceTree } from './source-tree.ts'

/** What all that a writer writes is like. */
export interface LeafWriterOptions {
  /** The folder of the layer, which is empty. */
  readonly layer: string
  /** Owner of all that is written. @default that of the original */
  readonly owner: Owner | undefined
  readonly changeMode: ModeChange | undefined
  /** The layer that an earlier run of the step made. */
  readonly previous: PreviousLayer | undefined
  /** Files that are later get this time, seconds since the epoch. */
  readonly clampSeconds: number | undefined
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
export class LeafWriter implements AsyncDisposable {
  readonly #options: LeafWriterOptions
  readonly #defaults: CreationDefaults
  readonly #changed: string[] = []
  #waiting: WaitingLink[] = []
  /** Resolve to the files that were refused links. */
  #linking: Promise<readonly WaitingLink[]>[] = []
  #files = 0
  #bytes = 0

  constructor(options: LeafWriterOptions) {
    this.#options = options
    this.#defaults = probeCreation(options.layer)
  }

  /** Files that were not as they were when they were hashed, for people. */
  get changed(): readonly string[] {
    return this.#changed
  }

  /** How much was written. */
  get size(): LayerSize {
    return { things: this.#files, bytes: this.#bytes }
  }

  /**
   * Returns a promise only for what takes long, since a promise for each of many small files would.
   *
   * @throws {SyntaxError} If a folder is in the way.
   */
  write(place: LeafPlace, source: LeafSource): Promise<void> | undefined {
    requireNoFolder(place)
    const { kind, target, size } = source.entry
    this.#files += 1
    this.#bytes += size
    if (kind === 'file') return this.#writeFile(place, source)
    if (kind === 'link') this.#writeLink(place, source, target ?? '')
    else if (kind === 'socket') this.#writeStub(place, source)
    else if (kind !== 'folder') this.#writeNode(place, source, NODE_TYPES[kind])
    return undefined
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
    this.#finishFile(path, {
      mode,
      mtime: this.#clamp(file.mtime),
      xattrs: [],
      ...(this.#options.owner ?? ROOT),
    })
  }

  /** Ends what was put off: links are made by thousands, while others go on. It must come after the last `write`. */
  async flush(): Promise<void> {
    this.#linkWaiting()
    const linking = this.#linking
    this.#linking = []
    for (const files of await Promise.all(linking)) {
      for (const { place, source } of files) await this.#copyFile(place, source)
    }
  }

  /** Waits until nothing is written any more, also after a failure. */
  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.allSettled(this.#linking)
  }

  #linkWaiting(): void {
    const { layer, previous } = this.#options
    const files = this.#waiting
    this.#waiting = []
    if (files.length === 0 || previous === undefined) return
    const linking = linkAll(files, { from: previous.root, to: bytePath(layer) })
    // `flush` hears of it.
    linking.catch(() => undefined)
    this.#linking.push(linking)
  }

  #writeFile(place: LeafPlace, source: LeafSource): Promise<void> | undefined {
    if (!this.#isAsBefore(place, source)) return this.#copyFile(place, source)
    this.#putOff(place, source)
    return undefined
  }

  #putOff(place: LeafPlace, source: LeafSource): void {
    place.folder.replace(place.name)
    this.#waiting.push({ place, source })
    if (this.#waiting.length >= MOST_WAITING) this.#linkWaiting()
  }

  /**
   * Tells whether an earlier run of the step wrote the same file. Nothing of the file is read then, so it is not opened,
   * which takes as long as a link. It counts as it was when it was looked at first.
   */
  #isAsBefore({ folder, name }: LeafPlace, { tree, entry }: LeafSource): boolean {
    const { previous } = this.#options
    if (previous === undefined) return false
    const facts = tree.factsOf(entry) ?? factsNow(tree.hostPathOf(entry))
    if (!facts?.isFile() || facts.nlink > 1) return false
    const { size } = facts
    const sha256 = tree.sha256Of(entry)
    const path = pathBelow(folder.path, name)
    return previous.take({ ...this.#attributesOf(entry), path, size, sha256, ...this.#clampFacts(facts) })
  }

  #copyFile(place: LeafPlace, source: LeafSource): Promise<void> | undefined {
    const opened = openedFile(openSync(nativePath(source.tree.hostPathOf(source.entry)), READ))
    if (source.entry.size > LARGE_FILE) return this.#copyLarge(place, source, opened)
    using file = opened
    const stats = this.#lookAt(file, source)
    if (this.#linkCopy(place, stats, source.links)) return undefined
    const attributes = { ...this.#attributesOf(source.entry), mtime: this.#clamp(stats.mtimeNs) }
    const path = place.folder.replace(place.name)
    copyContent(file.fd, path, attributes.mode)
    this.#endFile(path, source, { stats, attributes })
    return undefined
  }

  /** Copies on the thread pool, or shares the blocks where the file system can. */
  async #copyLarge(place: LeafPlace, source: LeafSource, opened: OpenedFile): Promise<void> {
    using file = opened
    const stats = this.#lookAt(file, source)
    if (this.#linkCopy(place, stats, source.links)) return
    const attributes = { ...this.#attributesOf(source.entry), mtime: this.#clamp(stats.mtimeNs) }
    const path = place.folder.replace(place.name)
    await copyFile(`/proc/self/fd/${file.fd}`, nativePath(path), SHARE_BLOCKS)
    this.#lookAt(file, source)
    chmodSync(nativePath(path), attributes.mode)
    this.#endFile(path, source, { stats, attributes })
  }

  /** Returns what a file is like now, and notes if it is not what was hashed. */
  #lookAt({ fd }: OpenedFile, { tree, entry }: LeafSource): BigIntStats {
    const stats = fstatSync(fd, { bigint: true })
    if (!stats.isFile()) throw new SyntaxError(`"${displayPath(entry.path)}" is no file any more`)
    if (!tree.isUnchanged(entry, stats)) this.#changed.push(displayPath(entry.path))
    return stats
  }

  #endFile(path: BytePath, { links }: LeafSource, { stats, attributes }: FileFacts): void {
    this.#finishFile(path, attributes)
    if (stats.nlink > 1n) links.set(`${stats.dev}:${stats.ino}`, path)
  }

  /** Makes a link to the copy of another link of the same file. */
  #linkCopy({ folder, name }: LeafPlace, { dev, ino, nlink }: BigIntStats, links: LinkTable): boolean {
    const copy = nlink > 1n ? links.get(`${dev}:${ino}`) : undefined
    return copy !== undefined && tryLink(copy, folder.replace(name))
  }

  #writeLink({ folder, name }: LeafPlace, { tree, entry }: LeafSource, target: BytePath): void {
    const path = folder.replace(name, target)
    symlinkSync(nativePath(target), nativePath(path))
    const { uid, gid } = this.#attributesOf(entry)
    lchownSync(nativePath(path), uid, gid)
    setTimes(path, this.#clamp(mtimeOf(tree, entry)))
  }

  #writeNode({ folder, name }: LeafPlace, { tree, entry }: LeafSource, type: number): void {
    const [major = 0, minor = 0] = (entry.device ?? '0:0').split(':').map(Number)
    if (type === constants.S_IFCHR && major === 0 && minor === 0) {
      throw new SyntaxError('it is the character device 0:0, which layers cannot hold')
    }
    const path = folder.replace(name)
    makeNode(path, { mode: type | 0o600, major, minor })
    const attributes = { ...this.#attributesOf(entry), mtime: this.#clamp(mtimeOf(tree, entry)) }
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

  /** Times are right from the start: a file that is a link to one of another layer must not be touched later. */
  #clamp(mtime: bigint): bigint {
    const { clampSeconds } = this.#options
    const latest = clampSeconds === undefined ? mtime : BigInt(clampSeconds) * 1_000_000_000n
    return mtime < latest ? mtime : latest
  }

  #clampFacts({ mtime, mtimeNanoseconds }: SeenFacts): Pick<SeenFacts, 'mtime' | 'mtimeNanoseconds'> {
    const { clampSeconds } = this.#options
    const isLate = clampSeconds !== undefined && mtime >= clampSeconds
    return isLate ? { mtime: clampSeconds, mtimeNanoseconds: 0 } : { mtime, mtimeNanoseconds }
  }

  #attributesOf({ mode, uid, gid, xattrs }: SourceEntry): Omit<FileAttributes, 'mtime'> {
    const owner = this.#options.owner ?? { uid, gid }
    return { mode: this.#options.changeMode?.(mode, false) ?? mode, xattrs: copiedXattrs(xattrs), ...owner }
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

/** A file that is to become a link. */
interface WaitingLink {
  readonly place: LeafPlace
  readonly source: LeafSource
}

/** To have a call made by another thread takes as long as some fifty links. */
const MOST_WAITING = 2000

/** What is known of a file that is copied. */
interface FileFacts {
  readonly stats: BigIntStats
  readonly attributes: FileAttributes
}

const SHARE_BLOCKS = constants.COPYFILE_FICLONE | constants.COPYFILE_EXCL
const ROOT: Owner = { uid: 0, gid: 0 }

function requireNoFolder({ folder, name }: LeafPlace): void {
  if (folder.child(name)?.kind !== 'folder') return
  throw new SyntaxError(
    `"/${displayPath(pathBelow(folder.path, name))}" is a folder, expected a file or nothing`,
  )
}

function copyContent(from: number, path: BytePath, mode: number): void {
  const to = openSync(nativePath(path), CREATE, mode & 0o777)
  try {
    for (let count = readSync(from, CHUNK); count > 0; count = readSync(from, CHUNK)) {
      writeWhole(to, CHUNK.subarray(0, count), null)
    }
  } finally {
    closeSync(to)
  }
}

function factsNow(hostPath: BytePath): SeenFacts | undefined {
  const stats = lstatSync(nativePath(hostPath), { bigint: true, throwIfNoEntry: false })
  return stats === undefined ? undefined : factsOf(stats)
}

/** A file may have as many links as its file system allows, or be on another one. */
const REFUSALS: ReadonlySet<string> = new Set(['EMLINK', 'EXDEV', 'ENOENT', 'EPERM'])

/** Fails where links are refused. */
function tryLink(existing: BytePath, path: BytePath): boolean {
  try {
    linkSync(nativePath(existing), nativePath(path))
    return true
  } catch (error) {
    if (REFUSALS.has(errnoNameOf(error) ?? '')) return false
    throw error
  }
}

/** Returns the files that were refused links. @throws {Error} If one failed otherwise. */
async function linkAll(
  files: readonly WaitingLink[],
  layers: Pick<FilesToLink, 'from' | 'to'>,
): Promise<readonly WaitingLink[]> {
  const paths = files.map(({ place }) => pathBelow(place.folder.path, place.name))
  const errors = await linkFiles({ ...layers, paths })
  const failure = errors.find(error => error !== undefined && !REFUSALS.has(errnoNameOf(error) ?? ''))
  if (failure !== undefined) throw failure
  return files.filter((_, at) => errors[at] !== undefined)
}
