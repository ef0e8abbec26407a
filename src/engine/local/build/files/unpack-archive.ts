import { closeSync, constants, linkSync, openSync, symlinkSync } from 'node:fs'
import { SparseWriter, writeWhole } from '../../../../archive/sparse-writer.ts'
import type { TarEntry } from '../../../../archive/tar-header.ts'
import { TarReader, type TarVisitor } from '../../../../archive/tar-reader.ts'
import { assertNever } from '../../../../base/assert-never.ts'
import { cleanPath } from '../../../../base/patterns/clean-path.ts'
import { type BytePath, displayPath, nativePath } from '../../../../disk/byte-path.ts'
import { makeNode } from '../../../../disk/inode.ts'
import { isImageXattr } from '../../../../store/layers/image-xattr.ts'
import { applyAttributes } from './apply-attributes.ts'
import { type ArchiveKind, archiveBytes } from './archive-kind.ts'
import type { DestinationFolder } from './destination-folder.ts'
import { findAt, makeFolders, resolveLinks } from './destination-path.ts'
import type { FileAttributes, Owner } from './file-attributes.ts'
import type { Pace } from './pace.ts'

/** What to unpack, and where. */
export interface UnpackRequest {
  /** The archive. */
  readonly file: BytePath
  readonly kind: ArchiveKind
  /** Nothing is put outside of it: it is the root of all names and links. */
  readonly folder: DestinationFolder
  /** Owner of all that comes. @default that of the archive */
  readonly owner: Owner | undefined
  readonly pace: Pace
}

/**
 * Unpacks an archive into a folder of a layer, as tar does there: folders are merged, all else is replaced.
 *
 * @throws {SyntaxError} If the archive is malformed, or something in it has no place.
 */
export async function unpackArchive({ file, kind, folder, owner, pace }: UnpackRequest): Promise<void> {
  using writer = new ArchiveWriter(folder, owner)
  const reader = new TarReader(writer)
  try {
    for await (const chunk of archiveBytes(file, kind)) {
      reader.push(chunk)
      if (pace.step()) await pace.rest()
    }
    reader.end()
  } catch (error) {
    if (!(error instanceof SyntaxError) || reader.entryName === undefined) throw error
    throw new SyntaxError(`entry "${displayPath(reader.entryName)}" of the archive: ${error.message}`)
  }
}

const CREATE = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW
const NODE_TYPES = { fifo: constants.S_IFIFO, character: constants.S_IFCHR, block: constants.S_IFBLK }

/** What folders are like that an archive only implies. */
const IMPLIED = { mode: 0o755, uid: 0, gid: 0, xattrs: [] }

interface OpenFile {
  readonly fd: number
  readonly path: BytePath
  readonly entry: TarEntry
  readonly sparse: SparseWriter | undefined
}

class ArchiveWriter implements TarVisitor {
  readonly #root: DestinationFolder
  readonly #owner: Owner | undefined
  readonly #implied: FileAttributes
  #open: OpenFile | undefined

  constructor(root: DestinationFolder, owner: Owner | undefined) {
    this.#root = root
    this.#owner = owner
    this.#implied = { ...IMPLIED, mtime: root.attributes.mtime }
  }

  entryStarted(entry: TarEntry): void {
    const path = pathIn(entry.name)
    if (path === '') return
    const { folder, name } = this.#placeAt(path)
    const there = folder.child(name)
    if (entry.kind === 'folder' && there?.kind === 'folder') there.setAttributes(this.#attributesOf(entry))
    else this.#make(folder, name, entry)
  }

  content(bytes: Buffer): void {
    if (this.#open === undefined) return
    if (this.#open.sparse === undefined) writeWhole(this.#open.fd, bytes, null)
    else this.#open.sparse.write(bytes)
  }

  entryEnded(): void {
    const open = this.#open
    if (open === undefined) return
    open.sparse?.end()
    this.#close()
    this.#finish(open.path, open.entry)
  }

  [Symbol.dispose](): void {
    this.#close()
  }

  #make(folder: DestinationFolder, name: BytePath, entry: TarEntry): void {
    switch (entry.kind) {
      case 'folder':
        folder.clear(name)
        folder.makeFolder(name, this.#attributesOf(entry))
        break
      case 'file':
        this.#startFile(folder.replace(name), entry)
        break
      case 'link':
        this.#makeLink(folder, name, entry)
        break
      case 'symlink': {
        const path = folder.replace(name, entry.linkName)
        symlinkSync(nativePath(entry.linkName), nativePath(path))
        this.#finish(path, entry)
        break
      }
      case 'fifo':
      case 'character':
      case 'block':
        this.#makeNode(folder.replace(name), entry, NODE_TYPES[entry.kind])
        break
      default:
        assertNever(entry.kind)
    }
  }

  #startFile(path: BytePath, entry: TarEntry): void {
    const fd = openSync(nativePath(path), CREATE, 0o600)
    const sparse = entry.sparse === undefined ? undefined : new SparseWriter(fd, entry.sparse)
    this.#open = { fd, path, entry, sparse }
  }

  /** A file of the stage gets a copy in the layer first, as overlayfs gives it one. */
  #makeLink(folder: DestinationFolder, name: BytePath, entry: TarEntry): void {
    const wanted = pathIn(entry.linkName)
    const { folder: other, name: otherName } = this.#placeAt(wanted)
    const target = findAt(other, otherName)
    if (target?.kind !== 'leaf' || (other === folder && otherName === name)) {
      throw new SyntaxError(`it is a link to "${displayPath(entry.linkName)}", expected a file that is there`)
    }
    other.copyUp(otherName)
    linkSync(nativePath(`${other.hostPath}/${otherName}`), nativePath(folder.replace(name, target.target)))
  }

  #makeNode(path: BytePath, entry: TarEntry, type: number): void {
    const { major, minor } = entry
    if (type === constants.S_IFCHR && major === 0 && minor === 0) {
      throw new SyntaxError('it is the character device 0:0, which layers cannot hold')
    }
    makeNode(path, { mode: type | 0o600, major, minor })
    this.#finish(path, entry)
  }

  /** Links on the way are followed within the root. */
  #placeAt(path: BytePath): { readonly folder: DestinationFolder; readonly name: BytePath } {
    const slash = path.lastIndexOf('/')
    const parent = resolveLinks(this.#root, path.slice(0, Math.max(0, slash)))
    return { folder: makeFolders(this.#root, parent, this.#implied), name: path.slice(slash + 1) }
  }

  #finish(path: BytePath, entry: TarEntry): void {
    applyAttributes(path, this.#attributesOf(entry), entry.kind === 'symlink')
  }

  #attributesOf({ mode, uid, gid, mtime, xattrs }: TarEntry): FileAttributes {
    const kept = [...xattrs].filter(([name]) => isImageXattr(name)).toSorted(([a], [b]) => (a < b ? -1 : 1))
    const encoded = kept.map(([name, value]) => [name, value.toString('base64')] as const)
    return { mode, uid, gid, ...this.#owner, mtime, xattrs: encoded }
  }

  #close(): void {
    const open = this.#open
    this.#open = undefined
    if (open !== undefined) closeSync(open.fd)
  }
}

/** Returns the path below the root that a name of an archive means: `..` ends there. */
function pathIn(name: BytePath): BytePath {
  return cleanPath(`/${name}`).slice(1)
}
