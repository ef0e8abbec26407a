import type { BigIntStats } from 'node:fs'
import { posix } from 'node:path'
import type { BytePath } from '../../../disk/byte-path.ts'
import { statsIfAny } from '../../../disk/stats-if-any.ts'
import type { MirroredFile } from '../../engine.ts'

/** What is known of a source; `behind-link` is one that only a link below the top leads to, which is mirrored as what it is. */
export type SourceState = BigIntStats | 'absent' | 'behind-link'

/** Looks at files of this machine that are mirrored, each folder above them once. */
export class SourceFolders {
  readonly #known = new Map<BytePath, SourceState>()

  /** Returns what a source is. */
  stateOf({ source, top }: MirroredFile): SourceState {
    return source === top ? (statsIfAny(source) ?? 'absent') : this.#stateBelow(source, top)
  }

  #stateBelow(path: BytePath, top: BytePath): SourceState {
    const above = this.#folder(posix.dirname(path), top)
    if (above === 'absent' || above === 'behind-link') return above
    if (above.isSymbolicLink()) return 'behind-link'
    return above.isDirectory() ? (statsIfAny(path) ?? 'absent') : 'absent'
  }

  #folder(path: BytePath, top: BytePath): SourceState {
    const isTop = path === top || path === '/'
    const state =
      this.#known.get(path) ?? (isTop ? (statsIfAny(path) ?? 'absent') : this.#stateBelow(path, top))
    this.#known.set(path, state)
    return state
  }
}
