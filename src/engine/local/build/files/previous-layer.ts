import type { FileFacts } from '../../../../disk/bulk/file-facts.ts'
import { type BytePath, bytePath } from '../../../../disk/byte-path.ts'
import type { LayerIndexEntry } from '../../../../store/built/layer-index.ts'
import type { IndexedFile, LayerIndexText } from '../../../../store/built/layer-index-file.ts'
import type { KnownFiles } from '../../../../store/built/layer-tar.ts'
import type { BuildLayer } from '../build-layer.ts'
import type { FileAttributes } from './file-attributes.ts'

/** A file as it is to be. */
export interface WantedFile extends IndexedFile {
  readonly xattrs: FileAttributes['xattrs']
  /** Seconds since the epoch; nanoseconds count forward from there. */
  readonly mtime: number
  readonly mtimeNanoseconds: number
}

/** The layer that an earlier run of a step made, whose files another run may have as links: layers do not change. */
export class PreviousLayer implements KnownFiles {
  /** On the host. */
  readonly root: BytePath
  readonly index: LayerIndexText
  /** Where the index has the files that were taken, by inode. */
  readonly #taken = new Map<number | bigint, number>()

  private constructor(root: BytePath, index: LayerIndexText) {
    this.root = root
    this.index = index
  }

  /** Reads the index of `layer`. */
  static async open(layer: BuildLayer): Promise<PreviousLayer> {
    return new PreviousLayer(bytePath(layer.folder), await layer.indexText())
  }

  /** Tells whether a file can be a link to that of the same path: that it is the same, and is not taken yet. */
  take(wanted: WantedFile): boolean {
    const index = this.index.indexOf(wanted.path)
    if (index === undefined || !this.index.isOfTime(index, wanted) || !this.#isSame(index, wanted))
      return false
    const inode = this.index.inodeAt(index)
    if (Number.isNaN(inode) || this.#taken.has(inode)) return false
    this.#taken.set(inode, index)
    return true
  }

  /** The path tells files apart where a copy of the store has given their inodes to others. */
  find(path: BytePath, file: FileFacts): number | undefined {
    const index = this.#taken.get(file.inode)
    const isIt = index !== undefined && this.index.isAt(index, path) && this.index.isOfTime(index, file)
    return isIt ? index : undefined
  }

  #isSame(index: number, wanted: WantedFile): boolean {
    if (wanted.xattrs.length === 0) return this.index.isFileAt(index, wanted)
    return hasXattrs(this.index.entryAt(index), wanted)
  }
}

function hasXattrs(file: LayerIndexEntry, { sha256, mode, uid, gid, xattrs }: WantedFile): boolean {
  const isAlike = file.sha256 === sha256 && file.mode === mode && file.uid === uid && file.gid === gid
  return isAlike && JSON.stringify(file.xattrs ?? []) === JSON.stringify(xattrs)
}
