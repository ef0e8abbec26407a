import { mkdirSync, rmSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { sha256Hex } from '../../../../base/sha256.ts'
import type { BytePath } from '../../../../disk/byte-path.ts'
import { namesIn } from '../../../../disk/names-in.ts'
import { writeAtomic } from '../../../../disk/write-atomic.ts'
import { type MemoStats, readStatColumns, type StatColumns, StatColumnWriter } from './stat-columns.ts'

/** Returns the file of the memo of the context at `path`, below the folder of what builds keep. */
export function memoFile(buildFolder: string, path: string): string {
  return join(buildFolder, 'contexts', sha256Hex(path))
}

/**
 * The hashes of the files of a context, from one build to the next. A file that was changed so shortly before it was
 * read that another change may have left the same times is forgotten when the memo is written, so it is read again.
 */
export class StatMemo {
  readonly #path: string
  readonly #known: StatColumns
  readonly #fresh = new Map<BytePath, { readonly stats: MemoStats; readonly sha256: string }>()
  readonly #kept: Uint8Array

  /** @param path Its file; one that is damaged, or none, counts as empty. */
  constructor(path: string) {
    this.#path = path
    this.#known = readStatColumns(path)
    this.#kept = new Uint8Array(this.#known.paths.length)
  }

  /** Returns the SHA-256, hex digits, of the file at `path` if it is as `stats` say. */
  find(path: BytePath, stats: MemoStats): string | undefined {
    const index = this.locate(path, stats)
    return index === undefined ? undefined : this.sha256At(index)
  }

  /** Returns where the memo has the file at `path` if it is as `stats` say. */
  locate(path: BytePath, stats: MemoStats): number | undefined {
    const index = this.#known.indexOf(path)
    if (index === undefined || !this.#known.isSame(index, stats)) return undefined
    this.#kept[index] = 1
    return index
  }

  /** Returns the SHA-256, hex digits, of the file at `index`. */
  sha256At(index: number): string {
    return this.#known.sha256At(index)
  }

  /** Keeps the SHA-256, hex digits, of a file that was as `stats` say before it was read. */
  add(path: BytePath, stats: MemoStats, sha256: string): void {
    this.#fresh.set(path, { stats, sha256 })
  }

  /**
   * Returns the paths that are not as the memo has them, of those that were asked for or are gone; of files that it does
   * not have only if there are no others, since it may just have forgotten them.
   */
  changes(isGone: (path: BytePath) => boolean): readonly BytePath[] {
    const known = this.#known
    const gone = known.paths.filter(path => !this.#fresh.has(path) && isGone(path))
    const read = [...this.#fresh].map(([path, { sha256 }]) => ({
      path,
      sha256,
      index: known.indexOf(path),
    }))
    const changed = read.filter(
      ({ sha256, index }) => index !== undefined && known.sha256At(index) !== sha256,
    )
    const added = read.filter(({ index }) => index === undefined)
    const found = changed.length + gone.length > 0 ? changed : added
    return [...gone, ...found.map(({ path }) => path)].sort()
  }

  /**
   * Writes what is known to the file, if anything was added.
   *
   * @param readSince When the first file was looked at, milliseconds since the epoch.
   * @param isGone Tells whether a path that nobody asked for is known not to be there any more.
   */
  save(readSince: number, isGone: (path: BytePath) => boolean): void {
    const settled = [...this.#fresh].filter(([, { stats }]) => isSettled(stats, readSince))
    if (settled.length === 0) return
    const added = new Map(settled)
    const lines = new StatColumnWriter(this.#known.paths.length + added.size)
    const add = (path: BytePath): void => {
      const file = added.get(path)
      if (file !== undefined) lines.add(path, file.stats, file.sha256)
      added.delete(path)
    }
    // A file that is read again keeps its place, so that the next build asks for all in their order.
    let copied = 0
    for (const [index, path] of this.#known.paths.entries()) {
      const isFresh = this.#fresh.has(path)
      if (!isFresh && (this.#kept[index] === 1 || !isGone(path))) continue
      lines.copy(this.#known, copied, index)
      copied = index + 1
      if (isFresh) add(path)
    }
    lines.copy(this.#known, copied, this.#known.paths.length)
    for (const path of [...added.keys()]) add(path)
    if (lines.count > MOST_FILES) return
    const folder = join(this.#path, '..')
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    writeAtomic(this.#path, lines.toParts(), { temporaries: folder })
    removeOldest(folder)
  }
}

/** About 200 MB of memos at most: more is no context. */
const MOST_FILES = 1_000_000
const MOST_MEMOS = 64

/** Memos of contexts that were not built for the longest time go. */
function removeOldest(folder: string): void {
  const names = namesIn(folder)
  if (names.length <= MOST_MEMOS) return
  const aged = names.map(name => {
    const path = join(folder, name)
    return { path, time: statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0 }
  })
  for (const { path } of aged.toSorted((a, b) => b.time - a.time).slice(MOST_MEMOS)) {
    rmSync(path, { force: true, recursive: true })
  }
}

/** Longer than a tick of the kernel's clock of files; times in whole seconds come from coarser file systems. */
const TICK_MS = 40
const COARSE_TICK_MS = 2000

function isSettled({ mtimeMs, ctimeMs }: MemoStats, readSince: number): boolean {
  const isCoarse = mtimeMs % 1000 === 0 && ctimeMs % 1000 === 0
  return Math.max(mtimeMs, ctimeMs) < readSince - (isCoarse ? COARSE_TICK_MS : TICK_MS)
}
