import type { AbsolutePath } from '../../base/absolute-path.ts'
import type { BytePath } from '../../engine/engine.ts'

/** Watches files of the machine of whoever runs the command. */
export interface TreePort {
  /** Returns `path` without links; as it is where there is nothing. */
  realPath(path: AbsolutePath): AbsolutePath
  /** Looks at all there is below the roots, and reports what changes from then on. */
  watch(options: TreeWatchOptions): Promise<TreeWatch>
}

/** What to watch. */
export interface TreeWatchOptions {
  /** Files and folders; each may be absent, and come and go. */
  readonly roots: readonly AbsolutePath[]
  /** Tells whether nothing in a folder below the roots is of interest. */
  readonly skips: (folder: BytePath) => boolean
  /** The kernel watches no more folders: changes are looked for instead. */
  readonly onLimit: (limit: WatchLimit) => void
}

/** A limit of inotify(7) that is exhausted. */
export interface WatchLimit {
  /** The kernel parameter, e.g. `fs.inotify.max_user_watches`. */
  readonly sysctl: string
  /** Its value; undefined if it cannot be read. */
  readonly value: number | undefined
}

/** Files that are watched. It holds what they were like, so no change is reported twice. */
export interface TreeWatch extends AsyncDisposable {
  /** Returns all there is, sorted. */
  paths(): readonly BytePath[]
  /**
   * Waits for changes, and returns what changed. No paths come when `waitMs` have passed without a change, when a burst is over,
   * or when `signal` aborts.
   */
  next(options: { readonly waitMs?: number; readonly signal: AbortSignal }): Promise<TreeChanges>
}

/** What changed. */
export interface TreeChanges {
  /** Sorted. */
  readonly paths: readonly BytePath[]
  /** They are a part of a burst: the end of that is told by a call that returns no paths. */
  readonly isMore: boolean
}
