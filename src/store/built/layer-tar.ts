import { Buffer } from 'node:buffer'
import { createHash, hash } from 'node:crypto'
import { type BigIntStats, closeSync, constants, openSync, readlinkSync, readSync } from 'node:fs'
import { paddedSize, type TarEntry, type TarEntryKind } from '../../archive/tar-header.ts'
import { TAR_END, tarHeader } from '../../archive/tar-header-writer.ts'
import { type BytePath, bytePath, displayPath, nativePath } from '../../disk/byte-path.ts'
import { getXattr, listXattrs, OPAQUE_XATTR, splitDevice } from '../../disk/inode.ts'
import { isImageXattr } from '../layers/image-xattr.ts'
import { splitEntryPath } from '../layers/layer-entry-path.ts'
import { OPAQUE_NAME, WHITEOUT_PREFIX } from '../layers/whiteout.ts'
import type { LayerIndexEntry } from './layer-index.ts'
import { type LayerThing, walkLayer } from './walk-layer.ts'

const CHUNK_BYTES: number = 1024 * 1024
/** To read a file is no use of it: without O_NOATIME the disk would write down that it was read. */
const READ = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK | constants.O_NOATIME

/**
 * Yields the archive of an unpacked layer, and tells `onEntry` what is in it, in the order of the index. The archive is
 * a function of the files alone, so that it can be made again whenever it is wanted:
 *
 * - entries are sorted by the bytes of their paths; the layer's own folder has none, and no folder is implied;
 * - owners are numbers without names, access times are left out; modification times keep their nanoseconds, so that
 *   what is unpacked from it is as it was, and gives the same archive again;
 * - of the names of one file the first has the content and others are hard links to it; holes are written as zeros;
 * - a whiteout of overlayfs becomes `.wh.NAME` and an opaque folder gets `.wh..wh..opq`, owned by root and of the
 *   epoch; attributes that are no part of images, those of overlayfs included, and sockets are left out.
 *
 * A chunk is valid until the next is asked for. Nobody may write to the layer meanwhile.
 *
 * @throws {Error} If a file is shorter than it was, or overlayfs has one of the layer elsewhere.
 */
export function* layerTar(folder: string, onEntry: EntryListener = () => {}): Generator<Buffer> {
  const root = bytePath(folder)
  const tar = new LayerTar(root)
  for (const thing of walkLayer(root)) {
    const { entry, isFirstName } = yield* tar.add(thing)
    onEntry(entry, isFirstName)
  }
  yield* tar.end()
}

/** Hears of each entry of an index. Further names of a file that the layer has already are no first ones. */
export type EntryListener = (entry: LayerIndexEntry, isFirstName: boolean) => void

const NO_XATTRS: ReadonlyMap<string, Buffer> = new Map()

/** What there is to know of a thing besides its stats. */
interface ThingXattrs {
  readonly xattrs: ReadonlyMap<string, Buffer>
  readonly isOpaque: boolean
}

/** What an earlier name of the same file became. */
interface FirstName {
  readonly path: BytePath
  readonly entry: LayerIndexEntry
}

interface AddedEntry {
  readonly entry: LayerIndexEntry
  readonly isFirstName: boolean
}

class LayerTar {
  readonly #root: BytePath
  readonly #chunk: Buffer = Buffer.allocUnsafeSlow(CHUNK_BYTES)
  readonly #firstNames = new Map<bigint, FirstName>()
  #length = 0

  constructor(root: BytePath) {
    this.#root = root
  }

  *add(thing: LayerThing): Generator<Buffer, AddedEntry> {
    const { path, stats } = thing
    if (isWhiteout(stats)) return { entry: yield* this.#addWhiteout(path), isFirstName: true }
    const hasMoreNames = stats.nlink > 1n && !stats.isDirectory()
    const first = hasMoreNames ? this.#firstNames.get(stats.ino) : undefined
    if (first !== undefined) return { entry: yield* this.#addLink(thing, first), isFirstName: false }
    const entry = yield* this.#addFirst(thing)
    if (hasMoreNames) this.#firstNames.set(stats.ino, { path, entry })
    return { entry, isFirstName: true }
  }

  *end(): Generator<Buffer> {
    yield* this.#write(TAR_END)
    yield this.#chunk.subarray(0, this.#length)
  }

  *#addWhiteout(path: BytePath): Generator<Buffer, LayerIndexEntry> {
    const { folder, name } = splitEntryPath(path)
    yield* this.#write(tarHeader(markNamed(below(folder, `${WHITEOUT_PREFIX}${name}`))))
    return { path, kind: 'whiteout', mode: 0, uid: 0, gid: 0, size: 0 }
  }

  *#addLink({ path, stats }: LayerThing, first: FirstName): Generator<Buffer, LayerIndexEntry> {
    if (first.entry.kind !== 'socket') {
      const entry = { ...entryOf(path, stats), kind: 'link', size: 0, linkName: first.path } as const
      yield* this.#write(tarHeader(entry))
    }
    return { ...first.entry, path }
  }

  *#addFirst({ path, stats }: LayerThing): Generator<Buffer, LayerIndexEntry> {
    const place: BytePath = `${this.#root}/${path}`
    const kind = kindOf(stats)
    const { xattrs, isOpaque } = readXattrs(place)
    const common = { path, kind, ...ownership(stats), size: 0, ...xattrsField(xattrs) }
    if (kind === 'socket') return common
    const entry: TarEntry = { ...entryOf(path, stats), kind: TAR_KINDS[kind], xattrs }
    switch (kind) {
      case 'file': {
        yield* this.#write(tarHeader(entry))
        const sha256 = yield* this.#writeContent(place, entry.size)
        return { ...common, size: entry.size, sha256 }
      }
      case 'folder':
        yield* this.#write(tarHeader({ ...entry, name: `${path}/`, size: 0 }))
        if (isOpaque) yield* this.#write(tarHeader(markNamed(`${path}/${OPAQUE_NAME}`)))
        return isOpaque ? { ...common, isOpaque } : common
      case 'link': {
        const target = readlinkSync(nativePath(place), { encoding: 'latin1' })
        yield* this.#write(tarHeader({ ...entry, size: 0, linkName: target }))
        return { ...common, target }
      }
      case 'char':
      case 'block': {
        const { major, minor } = splitDevice(Number(stats.rdev))
        yield* this.#write(tarHeader({ ...entry, size: 0, major, minor }))
        return { ...common, device: `${major}:${minor}` }
      }
      case 'fifo':
        yield* this.#write(tarHeader({ ...entry, size: 0 }))
        return common
    }
  }

  *#write(bytes: Buffer): Generator<Buffer> {
    for (let rest = bytes; rest.length > 0; ) {
      const count = rest.copy(this.#chunk, this.#length)
      this.#length += count
      rest = rest.subarray(count)
      if (this.#length === CHUNK_BYTES) yield* this.#flush()
    }
  }

  *#flush(): Generator<Buffer> {
    yield this.#chunk.subarray(0, this.#length)
    this.#length = 0
  }

  /** Returns the digest of the content. */
  *#writeContent(path: BytePath, size: number): Generator<Buffer, string> {
    if (size === 0) return EMPTY_SHA256
    if (paddedSize(size) > CHUNK_BYTES - this.#length && this.#length > 0) yield* this.#flush()
    const fd = openSync(nativePath(path), READ)
    try {
      if (paddedSize(size) > CHUNK_BYTES) return yield* this.#copyLarge({ fd, path, size })
      const part = this.#read({ fd, path }, size)
      this.#pad(size)
      return hash('sha256', part, 'hex')
    } finally {
      closeSync(fd)
    }
  }

  *#copyLarge({ fd, path, size }: OpenFile & { readonly size: number }): Generator<Buffer, string> {
    const content = createHash('sha256')
    for (let left = size; left > 0; ) {
      const part = this.#read({ fd, path }, Math.min(left, CHUNK_BYTES - this.#length))
      content.update(part)
      left -= part.length
      if (left === 0) this.#pad(size)
      if (this.#length === CHUNK_BYTES) yield* this.#flush()
    }
    return content.digest('hex')
  }

  /** Returns exactly `size` bytes, which follow in the chunk. */
  #read({ fd, path }: OpenFile, size: number): Buffer {
    const start = this.#length
    while (this.#length < start + size) {
      const count = readSync(fd, this.#chunk, this.#length, start + size - this.#length, null)
      if (count === 0) throw new Error(`Cannot read "${displayPath(path)}": it became shorter meanwhile`)
      this.#length += count
    }
    return this.#chunk.subarray(start, this.#length)
  }

  /** A chunk holds whole blocks, so there is room. */
  #pad(size: number): void {
    const end = this.#length + paddedSize(size) - size
    this.#chunk.fill(0, this.#length, end)
    this.#length = end
  }
}

interface OpenFile {
  readonly fd: number
  /** For errors. */
  readonly path: BytePath
}

const EMPTY_SHA256 = 'e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855'

const TAR_KINDS: Readonly<Record<Exclude<LayerIndexEntry['kind'], 'socket' | 'whiteout'>, TarEntryKind>> = {
  file: 'file',
  folder: 'folder',
  link: 'symlink',
  fifo: 'fifo',
  char: 'character',
  block: 'block',
}

/** overlayfs(5): what is removed is a character device 0:0. */
function isWhiteout(stats: BigIntStats): boolean {
  return stats.isCharacterDevice() && stats.rdev === 0n
}

function kindOf(stats: BigIntStats): Exclude<LayerIndexEntry['kind'], 'whiteout'> {
  if (stats.isFile()) return 'file'
  if (stats.isDirectory()) return 'folder'
  if (stats.isSymbolicLink()) return 'link'
  if (stats.isFIFO()) return 'fifo'
  if (stats.isSocket()) return 'socket'
  return stats.isCharacterDevice() ? 'char' : 'block'
}

function ownership({ mode, uid, gid }: BigIntStats): Pick<TarEntry, 'mode' | 'uid' | 'gid'> {
  return { mode: Number(mode) & 0o7777, uid: Number(uid), gid: Number(gid) }
}

function entryOf(path: BytePath, stats: BigIntStats): TarEntry {
  return {
    kind: 'file',
    name: path,
    linkName: '',
    size: Number(stats.size),
    sparse: undefined,
    ...ownership(stats),
    mtime: stats.mtimeNs,
    major: 0,
    minor: 0,
    xattrs: NO_XATTRS,
  }
}

/** The entry of something that only its name tells of. */
function markNamed(name: BytePath): TarEntry {
  const ids = { mode: 0, uid: 0, gid: 0, major: 0, minor: 0 }
  return {
    kind: 'file',
    name,
    linkName: '',
    size: 0,
    sparse: undefined,
    ...ids,
    mtime: 0n,
    xattrs: NO_XATTRS,
  }
}

/** Metadata of a file whose content is in a lower layer, or the old path of a folder that was renamed. */
const ELSEWHERE: ReadonlySet<string> = new Set(['trusted.overlay.metacopy', 'trusted.overlay.redirect'])

/** @throws {Error} If overlayfs has the thing, or part of it, elsewhere. */
function readXattrs(place: BytePath): ThingXattrs {
  const names = listXattrs(place)
  if (names.length === 0) return { xattrs: NO_XATTRS, isOpaque: false }
  const elsewhere = names.find(name => ELSEWHERE.has(name))
  if (elsewhere !== undefined) {
    throw new Error(`Cannot pack "${displayPath(place)}": it has the extended attribute "${elsewhere}"`)
  }
  const isOpaque = names.includes(OPAQUE_XATTR) && getXattr(place, OPAQUE_XATTR)?.toString('latin1') === 'y'
  const own = names.filter(isImageXattr).toSorted()
  return { xattrs: new Map(own.map(name => [name, getXattr(place, name) ?? Buffer.alloc(0)])), isOpaque }
}

function xattrsField(xattrs: ReadonlyMap<string, Buffer>): Pick<LayerIndexEntry, 'xattrs'> {
  if (xattrs.size === 0) return {}
  return { xattrs: [...xattrs].map(([name, value]) => [name, value.toString('base64')] as const) }
}

function below(folder: BytePath, name: BytePath): BytePath {
  return folder === '' ? name : `${folder}/${name}`
}
