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

/** What files were like when they were last looked at. */
export class TreeSnapshot {
  readonly #states = new Map<BytePath, string>()
  readonly #skips: (folder: BytePath) => boolean

  constructor(skips: (folder: BytePath) => boolean) {
    this.#skips = skips
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
    const before = stats?.isDirectory() || this.#hasBelow(path) ? this.#below(path) : [path]
    const gone = before.filter(known => this.#states.has(known) && !found.has(known))
    const changed = [...found].filter(([known, state]) => this.#states.get(known) !== state)
    for (const known of gone) this.#states.delete(known)
    for (const [known, state] of changed) this.#states.set(known, state)
    return [...gone, ...changed.map(([known]) => known)]
  }

  #walk(path: BytePath, facts: FileFacts, found: Map<BytePath, string>): void {
    const isFolder = facts.isDirectory()
    if (isFolder && this.#skips(path)) return
    found.set(path, stateOf(facts))
    if (!isFolder) return
    const listing = listed(path)
    listing?.names.forEach((name, index) => {
      this.#walk(path === '/' ? `/${name}` : `${path}/${name}`, listing.factsAt(index), found)
    })
  }

  #hasBelow(path: BytePath): boolean {
    // The type bits of a folder: S_IFDIR, inode(7).
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
