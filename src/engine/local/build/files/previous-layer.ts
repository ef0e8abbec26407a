import type { FileFacts } from '../../../../disk/bulk/file-facts.ts'
import { listIfThere } from '../../../../disk/bulk/list-folder.ts'
import { type BytePath, bytePath } from '../../../../disk/byte-path.ts'
import type { LayerIndexEntry } from '../../../../store/built/layer-index.ts'
import type { LayerIndexText } from '../../../../store/built/layer-index-file.ts'
import type { KnownFiles } from '../../../../store/built/layer-tar.ts'
import type { BuildLayer } from '../build-layer.ts'
import type { FileAttributes } from './file-attributes.ts'
import { pathBelow } from './source-tree.ts'

/** A file as it is to be. */
export interface WantedFile extends FileAttributes {
  readonly size: number
  /** Hex digits. */
  readonly sha256: string
}

/** A folder of the layer, as the disk has it. */
interface SeenFolder {
  readonly path: BytePath
  readonly names: readonly BytePath[]
  factsAt(index: number): FileFacts
  /** Where the name that is asked for next may be. */
  next: number
}

/** The layer that an earlier run of a step made, whose files another run may have as links: layers do not change. */
export class PreviousLayer implements KnownFiles {
  /** On the host. */
  readonly root: BytePath
  readonly index: LayerIndexText
  /** Where the index has the files that were taken, by inode. */
  readonly #taken = new Map<number | bigint, number>()
  #seen: SeenFolder | undefined

  private constructor(root: BytePath, index: LayerIndexText) {
    this.root = root
    this.index = index
  }

  /** Reads the index of `layer`. */
  static async open(layer: BuildLayer): Promise<PreviousLayer> {
    return new PreviousLayer(bytePath(layer.folder), await layer.indexText())
  }

  /** Tells whether the file `name` of the folder at `path` can be a link: that it is the same, and is not taken yet. */
  take(path: BytePath, name: BytePath, wanted: WantedFile): boolean {
    const full = pathBelow(path, name)
    const index = this.index.indexOf(full)
    if (index === undefined || !this.#isSame(index, full, wanted)) return false
    const facts = this.#factsOf(path, name)
    if (facts?.mtimeNs !== wanted.mtime || this.#taken.has(facts.inode)) return false
    this.#taken.set(facts.inode, index)
    return true
  }

  /** A file of another layer with the inode of one that was taken is a link to it. */
  find({ inode }: FileFacts): number | undefined {
    return this.#taken.get(inode)
  }

  #isSame(index: number, path: BytePath, wanted: WantedFile): boolean {
    if (wanted.xattrs.length > 0) return isSame(this.index.entryAt(index), wanted)
    const { size, sha256, mode, uid, gid } = wanted
    return this.index.isFileAt(index, { path, size, sha256, mode, uid, gid })
  }

  #factsOf(path: BytePath, name: BytePath): FileFacts | undefined {
    if (this.#seen?.path !== path)
      this.#seen = { path, ...listIfThere(path === '' ? this.root : `${this.root}/${path}`), next: 0 }
    const seen = this.#seen
    const index = seen.names[seen.next] === name ? seen.next : seen.names.indexOf(name)
    seen.next = index + 1
    return index < 0 ? undefined : seen.factsAt(index)
  }
}

function isSame(file: LayerIndexEntry, { sha256, mode, uid, gid, xattrs }: WantedFile): boolean {
  const isAlike = file.sha256 === sha256 && file.mode === mode && file.uid === uid && file.gid === gid
  return isAlike && JSON.stringify(file.xattrs ?? []) === JSON.stringify(xattrs)
}
