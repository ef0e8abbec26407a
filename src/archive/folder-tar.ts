import {
  type BigIntStats,
  constants,
  fstatSync,
  lstatSync,
  openSync,
  readdirSync,
  readlinkSync,
  readSync,
} from 'node:fs'
import { errnoNameOf } from '../base/errno-name-of.ts'
import { type BytePath, nativePath } from '../disk/byte-path.ts'
import { getXattr, listXattrs, splitDevice } from '../disk/inode.ts'
import { type OpenedFile, openedFile } from '../disk/opened-file.ts'
import { TAR_BLOCK } from './tar-block.ts'
import { paddedSize, type TarEntry, type TarEntryKind } from './tar-header.ts'
import { TAR_END, tarHeader } from './tar-header-writer.ts'

/** Something to put into an archive. */
export interface TarSource {
  /** A descriptor of the folder that it is in, or of the file itself. */
  readonly folder: number
  /** Its name there; `.` is the folder itself. @default it is the file */
  readonly name?: BytePath | undefined
  /** Its name in the archive, without a slash at the end; empty leaves it out, so that what is below starts with its own name. */
  readonly as: BytePath
  /** Tells whether an extended attribute is kept. */
  readonly keepsXattr: (name: string) => boolean
}

const CHUNK = 256 * 1024
const READ = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK
const READ_FOLDER = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_DIRECTORY

/**
 * Yields the archive of a file or a tree that others may change meanwhile: each folder is held open while it is read, so a link
 * that takes the place of one leads nowhere. What vanishes is left out, and a file that becomes shorter is filled with zeros.
 * Owners are numbers; further names of a file are links. Sockets are left out, as tar(1) does.
 */
export function* folderTar(source: TarSource): Generator<Buffer> {
  const tar = new FolderTar(source.keepsXattr)
  if (source.name === undefined) yield* tar.addOpened(source.folder, source.as)
  else yield* tar.add(source.folder, source.name, source.as)
  yield TAR_END
}

class FolderTar {
  readonly #keepsXattr: (name: string) => boolean
  /** Names in the archive of files with several, by device and inode. */
  readonly #names = new Map<string, BytePath>()

  constructor(keepsXattr: (name: string) => boolean) {
    this.#keepsXattr = keepsXattr
  }

  *add(folder: number, name: BytePath, as: BytePath): Generator<Buffer> {
    const path = `/proc/self/fd/${folder}/${name}`
    const stats = lstatSync(nativePath(path), { bigint: true, throwIfNoEntry: false })
    if (stats === undefined) return
    if (stats.isDirectory()) yield* this.#addFolder(path, as)
    else if (stats.isFile()) yield* this.#addFile(path, as)
    else yield* this.#addSpecial(path, as, stats)
  }

  /** Adds the file behind a descriptor. */
  *addOpened(descriptor: number, as: BytePath): Generator<Buffer> {
    const path = `/proc/self/fd/${descriptor}`
    const stats = fstatSync(descriptor, { bigint: true })
    if (stats.isFile()) yield* this.#addFile(path, as, READ & ~constants.O_NOFOLLOW)
    else yield* this.#addSpecial(path, as, stats)
  }

  *#addFolder(path: BytePath, as: BytePath): Generator<Buffer> {
    using folder = openIfThere(path, READ_FOLDER)
    if (folder === undefined) return
    const stats = fstatSync(folder.fd, { bigint: true })
    if (as !== '') yield tarHeader(this.#entry(path, { stats, kind: 'folder', name: `${as}/` }))
    const names = readdirSync(`/proc/self/fd/${folder.fd}/`, { encoding: 'latin1' }).sort()
    for (const name of names) yield* this.add(folder.fd, name, as === '' ? name : `${as}/${name}`)
  }

  *#addFile(path: BytePath, as: BytePath, flags: number = READ): Generator<Buffer> {
    using file = openIfThere(path, flags)
    if (file === undefined) return
    const stats = fstatSync(file.fd, { bigint: true })
    if (!stats.isFile()) return
    const first = this.#firstName(stats, as)
    if (first !== undefined) {
      yield tarHeader({ ...this.#entry(path, { stats, kind: 'link', name: as }), linkName: first })
      return
    }
    const size = Number(stats.size)
    yield tarHeader({ ...this.#entry(path, { stats, kind: 'file', name: as }), size })
    yield* contentOf(file, size)
  }

  *#addSpecial(path: BytePath, as: BytePath, stats: BigIntStats): Generator<Buffer> {
    if (stats.isSocket()) return
    const first = this.#firstName(stats, as)
    if (first !== undefined)
      yield tarHeader({ ...this.#entry(path, { stats, kind: 'link', name: as }), linkName: first })
    else if (stats.isSymbolicLink()) {
      const linkName = linkAt(path)
      if (linkName !== undefined)
        yield tarHeader({ ...this.#entry(path, { stats, kind: 'symlink', name: as }), linkName })
    } else {
      const kind = stats.isFIFO() ? 'fifo' : stats.isCharacterDevice() ? 'character' : 'block'
      yield tarHeader({ ...this.#entry(path, { stats, kind, name: as }), ...splitDevice(Number(stats.rdev)) })
    }
  }

  #firstName({ dev, ino, nlink }: BigIntStats, as: BytePath): BytePath | undefined {
    if (nlink === 1n) return undefined
    const key = `${dev}:${ino}`
    const first = this.#names.get(key)
    if (first === undefined) this.#names.set(key, as)
    return first
  }

  #entry(
    path: BytePath,
    {
      stats,
      kind,
      name,
    }: { readonly stats: BigIntStats; readonly kind: TarEntryKind; readonly name: BytePath },
  ): TarEntry {
    const hasXattrs = kind === 'file' || kind === 'folder'
    return {
      kind,
      name,
      linkName: '',
      size: 0,
      sparse: undefined,
      mode: Number(stats.mode) & 0o7777,
      uid: Number(stats.uid),
      gid: Number(stats.gid),
      mtime: stats.mtimeNs,
      major: 0,
      minor: 0,
      xattrs: hasXattrs ? this.#xattrsOf(path) : NO_XATTRS,
    }
  }

  #xattrsOf(path: BytePath): ReadonlyMap<string, Buffer> {
    const names = listXattrs(path).filter(this.#keepsXattr)
    return new Map(names.map(name => [name, getXattr(path, name) ?? Buffer.alloc(0)]))
  }
}

const NO_XATTRS: ReadonlyMap<string, Buffer> = new Map()

/** Undefined for what is gone, or is something else by now. */
function openIfThere(path: BytePath, flags: number): OpenedFile | undefined {
  try {
    return openedFile(openSync(nativePath(path), flags))
  } catch (error) {
    if (['ENOENT', 'ELOOP', 'ENOTDIR', 'ENXIO'].includes(errnoNameOf(error) ?? '')) return undefined
    throw error
  }
}

function linkAt(path: BytePath): BytePath | undefined {
  try {
    return readlinkSync(nativePath(path), { encoding: 'latin1' })
  } catch (error) {
    if (['ENOENT', 'EINVAL'].includes(errnoNameOf(error) ?? '')) return undefined
    throw error
  }
}

function* contentOf({ fd }: OpenedFile, size: number): Generator<Buffer> {
  for (let left = size; left > 0; ) {
    const chunk = Buffer.allocUnsafe(Math.min(left, CHUNK))
    const count = readSync(fd, chunk, 0, chunk.length, null)
    if (count === 0) chunk.fill(0)
    const got = count === 0 ? chunk.length : count
    yield chunk.subarray(0, got)
    left -= got
  }
  const padding = paddedSize(size) - size
  if (padding > 0) yield ZEROS.subarray(0, padding)
}

const ZEROS = Buffer.alloc(TAR_BLOCK)
