import type { BigIntStats } from 'node:fs'
import { errnoNameOf } from '../../base/errno-name-of.ts'
import { listFolder } from '../../disk/bulk/list-folder.ts'
import type { BytePath } from '../../disk/byte-path.ts'
import { statsIfAny } from '../../disk/stats-if-any.ts'

/** What of a file tells that it is another one now: a folder's own times change with what is in it. */
type FileFacts = Pick<BigIntStats, 'isDirectory'> & {
  readonly mode: number | bigint
  readonly size: number | bigint
  readonly ino: number | bigint
  readonly mtimeNs: bigint
}

/** What is looked at, and who is told of folders. */
export interface TreeSnapshotOptions {
  /** Tells whether nothing in a folder is of interest. */
  readonly skips: (folder: BytePath) => boolean
  /** A folder is about to be looked at; `ino` is its inode number. */
  readonly onFolder: (folder: BytePath, ino: number | bigint) => void
  /** What was a folder is none any more. */
  readonly onFolderGone: (folder: BytePath) => void
}

/** What files were like when they were last looked at. */
export class TreeSnapshot {
  readonly #states = new Map<BytePath, string>()
  readonly #options: TreeSnapshotOptions

  constructor(options: TreeSnapshotOptions) {
    this.#options = options
  }

  /** Returns all there is, sorted. */
  paths(): readonly BytePath[] {
    return [...this.#states.keys()].sort()
  }

  /** Looks at `path` and all below it, and returns what is other than before: changed, new or gone. */
  look(path: BytePath): readonly BytePath[] {
    const found = new Map<BytePath, string>()
    const stats = statsIfAny(path)
    if (stats !== undefined) this.#walk(path, stats, found)
    const before = stats?.isDirectory() || this.#isKnownFolder(path) ? this.#below(path) : [path]
    const gone = before.filter(known => this.#states.has(known) && !found.has(known))
    const changed = [...found].filter(([known, state]) => this.#states.get(known) !== state)
    for (const known of gone) this.#forget(known)
    for (const [known, state] of changed) {
      if (!state.startsWith(FOLDER)) this.#forget(known)
      this.#states.set(known, state)
    }
    return [...gone, ...changed.map(([known]) => known)]
  }

  #walk(path: BytePath, facts: FileFacts, found: Map<BytePath, string>): void {
    const isFolder = facts.isDirectory()
    if (isFolder && this.#options.skips(path)) return
    found.set(path, stateOf(facts))
    if (!isFolder) return
    this.#options.onFolder(path, facts.ino)
    const listing = listed(path)
    listing?.names.forEach((name, index) => {
      this.#walk(path === '/' ? `/${name}` : `${path}/${name}`, listing.factsAt(index), found)
    })
  }

  #forget(path: BytePath): void {
    if (this.#isKnownFolder(path)) this.#options.onFolderGone(path)
    this.#states.delete(path)
  }

  #isKnownFolder(path: BytePath): boolean {
    return this.#states.get(path)?.startsWith(FOLDER) === true
  }

  #below(path: BytePath): readonly BytePath[] {
    const start = path === '/' ? '/' : `${path}/`
    return [...this.#states.keys()].filter(known => known === path || known.startsWith(start))
  }
}

const FOLDER = 'folder '

function stateOf(facts: FileFacts): string {
  const { mode, size, ino, mtimeNs } = facts
  return facts.isDirectory() ? `${FOLDER}${mode}` : `${mode} ${size} ${ino} ${mtimeNs}`
}

/** What is removed meanwhile, or may not be read, has nothing in it. */
function listed(path: BytePath): ReturnType<typeof listFolder> | undefined {
  try {
    return listFolder(path)
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'EACCES', 'ELOOP'].includes(errnoNameOf(error) ?? '')) return undefined
    throw error
  }
}
