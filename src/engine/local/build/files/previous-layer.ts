import { lstatSync } from 'node:fs'
import { type BytePath, bytePath, nativePath } from '../../../../disk/byte-path.ts'
import type { LayerIndexEntry } from '../../../../store/built/layer-index.ts'
import type { BuildLayer } from '../build-layer.ts'
import type { FileAttributes } from './file-attributes.ts'

/** A file as it is to be. */
export interface WantedFile extends FileAttributes {
  /** Hex digits. */
  readonly sha256: string
}

/** The layer that an earlier run of a step made, whose files another run may have as links: layers do not change. */
export class PreviousLayer {
  readonly #root: BytePath
  readonly #files: ReadonlyMap<BytePath, LayerIndexEntry>
  readonly #used = new Map<bigint, BytePath>()

  private constructor(root: BytePath, files: ReadonlyMap<BytePath, LayerIndexEntry>) {
    this.#root = root
    this.#files = files
  }

  /** Reads the index of `layer`. */
  static async open(layer: BuildLayer): Promise<PreviousLayer> {
    const index = await layer.index()
    const files = index.filter(entry => entry.kind === 'file')
    return new PreviousLayer(bytePath(layer.folder), new Map(files.map(file => [file.path, file])))
  }

  /** Returns where the layer has the same file at `path`; undefined if it has another, or one that links share. */
  find(path: BytePath, wanted: WantedFile): BytePath | undefined {
    const file = this.#files.get(path)
    if (file === undefined || !isSame(file, wanted)) return undefined
    const hostPath = `${this.#root}/${path}`
    const stats = lstatSync(nativePath(hostPath), { bigint: true, throwIfNoEntry: false })
    if (stats?.mtimeNs !== wanted.mtime || this.#used.has(stats.ino)) return undefined
    this.#used.set(stats.ino, path)
    return hostPath
  }
}

function isSame(file: LayerIndexEntry, { sha256, mode, uid, gid, xattrs }: WantedFile): boolean {
  const isAlike = file.sha256 === sha256 && file.mode === mode && file.uid === uid && file.gid === gid
  if (!isAlike || (file.xattrs === undefined && xattrs.length === 0)) return isAlike
  return JSON.stringify(file.xattrs ?? []) === JSON.stringify(xattrs)
}
