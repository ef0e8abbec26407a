import type { BigIntStats } from 'node:fs'
import { posix } from 'node:path'
import type { BytePath } from '../../../disk/byte-path.ts'
import { statsIfAny } from '../../../disk/stats-if-any.ts'
import type { MirroredFile } from '../../engine.ts'

/** Looks at files of this machine that are mirrored, each folder above them once. */
export class SourceFolders {
  readonly #known = new Map<BytePath, boolean>()

  /**
   * Returns what is known of a source; undefined if there is nothing. What a link below the top leads to does not count: the
   * link is mirrored as what it is.
   */
  statsOf({ source, top }: MirroredFile): BigIntStats | undefined {
    const isThere = source === top || this.#isFolder(posix.dirname(source), top)
    return isThere ? statsIfAny(source) : undefined
  }

  #isFolder(path: BytePath, top: BytePath): boolean {
    const known = this.#known.get(path)
    if (known !== undefined) return known
    const isBelowFolder = path === top || path === '/' || this.#isFolder(posix.dirname(path), top)
    const isFolder = isBelowFolder && statsIfAny(path)?.isDirectory() === true
    this.#known.set(path, isFolder)
    return isFolder
  }
}
