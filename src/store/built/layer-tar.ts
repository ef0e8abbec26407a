import { Buffer } from 'node:buffer'
import { readlinkSync } from 'node:fs'
import { FileHeader } from '../../archive/file-header.ts'
import type { TarEntry, TarEntryKind } from '../../archive/tar-header.ts'
import { TAR_END, TarHeader, tarHeader } from '../../archive/tar-header-writer.ts'
import type { FileFacts } from '../../disk/bulk/file-facts.ts'
import { type BytePath, bytePath, displayPath, nativePath } from '../../disk/byte-path.ts'
import { getXattr, listXattrs, OPAQUE_XATTR, splitDevice } from '../../disk/inode.ts'
import { isImageXattr } from '../layers/image-xattr.ts'
import { splitEntryPath } from '../layers/layer-entry-path.ts'
import { OPAQUE_NAME, WHITEOUT_PREFIX } from '../layers/whiteout.ts'
import { ArchiveChunk } from './archive-chunk.ts'
import type { LayerIndexEntry } from './layer-index.ts'
import type { LayerIndexText } from './layer-index-file.ts'
import { type LayerThing, walkLayer } from './walk-layer.ts'

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
export function* layerTar(folder: string, options: LayerTarOptions = {}): Generator<Buffer> {
  const root = bytePath(folder)
  const tar = new LayerTar(root, options)
  // Of files that are known it is not asked.
  const withXattrs = options.known === undefined
  for (const thing of walkLayer(root, { withXattrs })) if (!tar.addSmall(thing)) yield* tar.add(thing)
  yield* tar.end()
}

/** How an archive is made. */
export interface LayerTarOptions {
  readonly onEntry?: EntryListener
  /** Called in place of `onEntry` for a file that another index has. @default `onEntry` is */
  readonly onKnown?: KnownListener
  /** @default none are */
  readonly known?: KnownFiles
}

/** Files whose content and extended attributes are known. In no layer has one of them several names. */
export interface KnownFiles {
  /** Has them. */
  readonly index: LayerIndexText
  /** Returns where the index has the file at `path`, if it is the same inode. */
  find(path: BytePath, file: FileFacts): number | undefined
}

/** Hears of a file by what `LayerIndexText.textAt` returns of it. */
export type KnownListener = (text: string, stats: FileFacts) => void

/** Hears of each entry of an index. Further names of a file that the layer has already are no first ones. */
export type EntryListener = (entry: LayerIndexEntry, stats: FileFacts, isFirstName: boolean) => void

const NO_XATTRS: ReadonlyMap<string, Buffer> = new Map()

/** What there is to know of a thing besides its stats. */
interface ThingXattrs {
  readonly xattrs: ReadonlyMap<string, Buffer>
  readonly isOpaque: boolean
}

const NOTHING: ThingXattrs = { xattrs: NO_XATTRS, isOpaque: false }

/** What an earlier name of the same file became. */
interface FirstName {
  readonly path: BytePath
  /** Undefined until the file is read. */
  entry: LayerIndexEntry | undefined
}

/** How the first name of something is added. */
interface FirstOptions {
  readonly known: LayerIndexEntry | undefined
  /** Called with the entry of the index when those before it are there. */
  readonly onDone: (entry: LayerIndexEntry, stats: FileFacts) => void
}

class LayerTar {
  readonly #root: BytePath
  readonly #onEntry: EntryListener
  readonly #onKnown: KnownListener | undefined
  readonly #known: KnownFiles | undefined
  readonly #chunk = new ArchiveChunk()
  readonly #firstNames = new Map<number | bigint, FirstName>()
  #folder: BytePath = ''
  /** The folder on the host. */
  #place: BytePath

  readonly #tell = (entry: LayerIndexEntry, stats: FileFacts): void => this.#onEntry(entry, stats, true)

  constructor(root: BytePath, { onEntry = () => {}, onKnown, known }: LayerTarOptions) {
    this.#root = root
    this.#place = root
    this.#onEntry = onEntry
    this.#onKnown = onKnown
    this.#known = known
  }

  /** Adds a file that has one name and no attributes, as most have, if there is room; else it adds nothing. */
  addSmall({ path, folder, name, stats }: LayerThing): boolean {
    const { size } = stats
    if (!stats.isFile() || size === 0) return false
    const index = this.#known?.find(path, stats)
    const text = index === undefined ? undefined : this.#plainText(index)
    if (text === undefined && (index !== undefined || stats.nlink !== 1 || stats.mayHaveXattrs)) return false
    const { uid, gid, mtime, mtimeNanoseconds } = stats
    const mode = stats.mode & 0o7777
    const header =
      FileHeader.of({ path, name, size, mode, uid, gid, mtime, mtimeNanoseconds }) ??
      new TarHeader(entryOf(path, stats))
    const onRead = (sha256: () => string): void => {
      if (text !== undefined) this.#onKnown?.(text, stats)
      else this.#tell({ path, kind: 'file', mode, uid, gid, size, sha256: sha256() }, stats)
    }
    return this.#chunk.addSmall(header, { folder: this.#hostFolder(folder), name, size, onRead })
  }

  /** Returns what the other index has of a file without attributes. */
  #plainText(index: number): string | undefined {
    if (this.#onKnown === undefined || this.#known?.index.isPlainAt(index) !== true) return undefined
    return this.#known.index.textAt(index)
  }

  *add(thing: LayerThing): Generator<Buffer> {
    const { path, stats } = thing
    if (isWhiteout(stats)) return yield* this.#addWhiteout(thing)
    const known = stats.isFile() ? this.#knownEntry(path, stats) : undefined
    const hasOneName = known !== undefined || stats.nlink === 1 || stats.isDirectory()
    if (hasOneName) return yield* this.#addFirst(thing, { known, onDone: this.#tell })
    const first = this.#firstNames.get(stats.inode)
    if (first !== undefined) return yield* this.#addLink(thing, first)
    const own: FirstName = { path, entry: undefined }
    this.#firstNames.set(stats.inode, own)
    const onDone = (entry: LayerIndexEntry): void => {
      own.entry = entry
      this.#tell(entry, stats)
    }
    yield* this.#addFirst(thing, { known, onDone })
  }

  #knownEntry(path: BytePath, stats: FileFacts): LayerIndexEntry | undefined {
    const index = this.#known?.find(path, stats)
    return index === undefined ? undefined : this.#known?.index.entryAt(index)
  }

  #hostFolder(folder: BytePath): BytePath {
    if (folder !== this.#folder) {
      this.#folder = folder
      this.#place = folder === '' ? this.#root : `${this.#root}/${folder}`
    }
    return this.#place
  }

  *end(): Generator<Buffer> {
    yield* this.#chunk.put(TAR_END)
    yield* this.#chunk.end()
  }

  *#addWhiteout({ path, stats }: LayerThing): Generator<Buffer> {
    const { folder, name } = splitEntryPath(path)
    yield* this.#chunk.put(tarHeader(markNamed(below(folder, `${WHITEOUT_PREFIX}${name}`))))
    this.#chunk.settle()
    this.#tell({ path, kind: 'whiteout', mode: 0, uid: 0, gid: 0, size: 0 }, stats)
  }

  *#addLink({ path, stats }: LayerThing, first: FirstName): Generator<Buffer> {
    this.#chunk.settle()
    if (first.entry === undefined) throw new Error(`"${displayPath(first.path)}" was not read`)
    if (first.entry.kind !== 'socket') {
      const entry = { ...entryOf(path, stats), kind: 'link', size: 0, linkName: first.path } as const
      yield* this.#chunk.put(tarHeader(entry))
    }
    this.#onEntry({ ...first.entry, path }, stats, false)
  }

  *#addFirst({ path, folder, name, stats }: LayerThing, { known, onDone }: FirstOptions): Generator<Buffer> {
    const place: BytePath = `${this.#root}/${path}`
    const kind = kindOf(stats)
    const isBare = known === undefined ? !stats.mayHaveXattrs : known.xattrs === undefined
    const { xattrs, isOpaque } = isBare ? NOTHING : readXattrs(place)
    const common = { path, kind, ...ownership(stats), size: 0, ...xattrsField(xattrs) }
    const done = (entry: LayerIndexEntry): void => {
      this.#chunk.settle()
      onDone(entry, stats)
    }
    if (kind === 'socket') return done(common)
    const entry: TarEntry = { ...entryOf(path, stats), kind: TAR_KINDS[kind], xattrs }
    switch (kind) {
      case 'file': {
        const { size } = entry
        yield* this.#chunk.put(tarHeader(entry))
        if (size === 0) return done({ ...common, size, sha256: EMPTY_SHA256 })
        const onRead = (sha256: () => string): void =>
          onDone({ ...common, size, sha256: known?.sha256 ?? sha256() }, stats)
        return yield* this.#chunk.putFile({ folder: this.#hostFolder(folder), name, size, onRead })
      }
      case 'folder':
        yield* this.#chunk.put(tarHeader({ ...entry, name: `${path}/`, size: 0 }))
        if (isOpaque) yield* this.#chunk.put(tarHeader(markNamed(`${path}/${OPAQUE_NAME}`)))
        return done(isOpaque ? { ...common, isOpaque } : common)
      case 'link': {
        const target = readlinkSync(nativePath(place), { encoding: 'latin1' })
        yield* this.#chunk.put(tarHeader({ ...entry, size: 0, linkName: target }))
        return done({ ...common, target })
      }
      case 'char':
      case 'block': {
        const { major, minor } = splitDevice(stats.rdev)
        yield* this.#chunk.put(tarHeader({ ...entry, size: 0, major, minor }))
        return done({ ...common, device: `${major}:${minor}` })
      }
      case 'fifo':
        yield* this.#chunk.put(tarHeader({ ...entry, size: 0 }))
        return done(common)
    }
  }
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
function isWhiteout(stats: FileFacts): boolean {
  return stats.isCharacterDevice() && stats.rdev === 0
}

function kindOf(stats: FileFacts): Exclude<LayerIndexEntry['kind'], 'whiteout'> {
  if (stats.isFile()) return 'file'
  if (stats.isDirectory()) return 'folder'
  if (stats.isSymbolicLink()) return 'link'
  if (stats.isFIFO()) return 'fifo'
  if (stats.isSocket()) return 'socket'
  return stats.isCharacterDevice() ? 'char' : 'block'
}

function ownership({ mode, uid, gid }: FileFacts): Pick<TarEntry, 'mode' | 'uid' | 'gid'> {
  return { mode: mode & 0o7777, uid, gid }
}

function entryOf(path: BytePath, stats: FileFacts): TarEntry {
  return {
    kind: 'file',
    name: path,
    linkName: '',
    size: stats.size,
    sparse: undefined,
    mode: stats.mode & 0o7777,
    uid: stats.uid,
    gid: stats.gid,
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
  if (names.length === 0) return NOTHING
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
