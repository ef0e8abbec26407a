import { readFileSync } from 'node:fs'
import { posix } from 'node:path'
import type { TreeWatchOptions, WatchLimit } from '../../app/watch/tree-port.ts'
import { type BytePath, bytePath } from '../../disk/byte-path.ts'
import type { FolderPolls } from './folder-polls.ts'
import { FolderWatches, type WatchLimitErrno } from './folder-watches.ts'
import { RootApproach } from './root-approach.ts'
import { TreeSnapshot } from './tree-snapshot.ts'

/** What to watch, and who is told. */
export interface TreeWatcherOptions extends TreeWatchOptions {
  /** Something may have happened at `path` or below it: `look` tells. */
  readonly onNotice: (path: BytePath) => void
}

/** Watches all folders of trees, from the first look at each. */
export class TreeWatcher implements AsyncDisposable {
  readonly #options: TreeWatcherOptions
  readonly #snapshot: TreeSnapshot
  readonly #watches: FolderWatches
  readonly #approaches: readonly RootApproach[]
  #polls: Promise<FolderPolls> | undefined
  #isDisposed = false

  constructor(options: TreeWatcherOptions) {
    this.#options = options
    const { skips, onNotice } = options
    const roots = options.roots.map(bytePath)
    const onFlood = (): void => roots.forEach(onNotice)
    const onLimit = (errno: WatchLimitErrno, folder: BytePath): void => this.#poll(errno, folder)
    this.#watches = new FolderWatches({ onNotice, onFlood, onLimit })
    this.#snapshot = new TreeSnapshot({
      skips,
      onFolder: (folder, ino) => this.#watches.add(folder, ino),
      onFolderGone: folder => this.#leave(folder),
    })
    this.#approaches = roots.map(
      root => new RootApproach({ root, onNotice: () => onNotice(root), onFlood, onLimit }),
    )
  }

  /** Returns all there is, sorted. */
  paths(): readonly BytePath[] {
    return this.#snapshot.paths()
  }

  /** Looks at `paths`, and returns what is other than before. */
  look(paths: readonly BytePath[]): readonly BytePath[] {
    const all = new Set(paths)
    return paths.filter(path => !isBelowAny(path, all)).flatMap(path => this.#snapshot.look(path))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#isDisposed = true
    for (const approach of this.#approaches) approach[Symbol.dispose]()
    this.#watches[Symbol.dispose]()
    await (await this.#polls)?.[Symbol.asyncDispose]()
  }

  /** What is polled may be above the roots. */
  #heed(path: BytePath): void {
    for (const approach of this.#approaches) approach.heed(path)
    const isInside = isBelowAny(path, new Set(this.#options.roots.map(bytePath)))
    if (isInside) this.#options.onNotice(path)
  }

  #leave(folder: BytePath): void {
    this.#watches.remove(folder)
    void this.#polls?.then(polls => polls.remove(folder))
  }

  #poll(errno: WatchLimitErrno, folder: BytePath): void {
    if (this.#polls === undefined) {
      this.#polls = import('./folder-polls.ts').then(
        ({ FolderPolls }) => new FolderPolls({ onNotice: path => this.#heed(path) }),
      )
      this.#options.onLimit(limitOf(errno))
    }
    void this.#polls.then(polls => {
      if (!this.#isDisposed) polls.add(folder)
    })
  }
}

/** What is below another path is looked at with that one. */
function isBelowAny(path: BytePath, paths: ReadonlySet<BytePath>): boolean {
  for (let above = path; above !== '/'; ) {
    above = posix.dirname(above)
    if (paths.has(above)) return true
  }
  return false
}

function limitOf(errno: WatchLimitErrno): WatchLimit {
  const name = errno === 'ENOSPC' ? 'max_user_watches' : 'max_user_instances'
  try {
    return {
      sysctl: `fs.inotify.${name}`,
      value: Number(readFileSync(`/proc/sys/fs/inotify/${name}`, 'utf8')),
    }
  } catch {
    return { sysctl: `fs.inotify.${name}`, value: undefined }
  }
}
