import { posix } from 'node:path'
import type { BytePath } from '../../disk/byte-path.ts'
import { statsIfAny } from '../../disk/stats-if-any.ts'
import { FolderWatches, type FolderWatchesOptions } from './folder-watches.ts'

/** What to approach, and who is told. */
export interface RootApproachOptions extends Pick<FolderWatchesOptions, 'onFlood' | 'onLimit'> {
  readonly root: BytePath
  /** The root may be there, or be gone, or be another one. */
  readonly onNotice: () => void
}

/** Watches whether a root comes and goes: in the folder that it is in or, as long as that is missing, in the nearest above. */
export class RootApproach implements Disposable {
  readonly #options: RootApproachOptions
  readonly #watches: FolderWatches
  #folder: BytePath | undefined

  constructor(options: RootApproachOptions) {
    this.#options = options
    const { onFlood, onLimit } = options
    this.#watches = new FolderWatches({ onNotice: path => this.heed(path), onFlood, onLimit })
    this.#approach()
  }

  /** Something happened at `path`, wherever it is. */
  heed(path: BytePath): void {
    const { root, onNotice } = this.#options
    if (path !== root && !root.startsWith(path === '/' ? path : `${path}/`)) return
    this.#approach()
    onNotice()
  }

  [Symbol.dispose](): void {
    this.#watches[Symbol.dispose]()
  }

  /** A folder that is made while the one above it is not yet watched is found by another look. */
  #approach(): void {
    for (let nearest = this.#nearest(); ; ) {
      if (this.#folder !== undefined && this.#folder !== nearest) this.#watches.remove(this.#folder)
      this.#folder = nearest
      const stats = statsIfAny(nearest)
      if (stats !== undefined) this.#watches.add(nearest, stats.ino)
      const after = this.#nearest()
      if (after === nearest) return
      nearest = after
    }
  }

  #nearest(): BytePath {
    return nearestFolder(posix.dirname(this.#options.root))
  }
}

/** Returns `path`, or the nearest folder above it that is there. */
function nearestFolder(path: BytePath): BytePath {
  const stats = statsIfAny(path)
  return stats?.isDirectory() || path === '/' ? path : nearestFolder(posix.dirname(path))
}
