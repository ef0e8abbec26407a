import { type FSWatcher, readFileSync, watch } from 'node:fs'
import { posix } from 'node:path'
import { errnoNameOf } from '../../base/errno-name-of.ts'
import { type BytePath, nativePath } from '../../disk/byte-path.ts'

/** Which limit of inotify(7) is exhausted: ENOSPC is that of watches, EMFILE that of instances. */
export type WatchLimitErrno = 'ENOSPC' | 'EMFILE'

/** Who is told of what. */
export interface FolderWatchesOptions {
  /** Something happened at `path`: it has to be looked at, with all below it. */
  readonly onNotice: (path: BytePath) => void
  /** So much happened at once that the kernel may have told only a part of it. */
  readonly onFlood: () => void
  /** `folder` is not watched because of a limit of the kernel. */
  readonly onLimit: (errno: WatchLimitErrno, folder: BytePath) => void
}

/** A folder that is gone again, that may not be read, or that became something else. */
const PASSING: ReadonlySet<string> = new Set(['ENOENT', 'EACCES', 'ENOTDIR', 'ELOOP'])

/**
 * Watches folders, each with one watch of inotify(7), which tells what happens to the names in it and to itself. What is
 * below them has to be added by itself, before it is looked at: then nothing is missed.
 */
export class FolderWatches implements Disposable {
  readonly #options: FolderWatchesOptions
  readonly #watches = new Map<BytePath, { readonly watcher: FSWatcher; readonly ino: number | bigint }>()
  #eventsAtOnce = 0

  constructor(options: FolderWatchesOptions) {
    this.#options = options
  }

  /** Watches a folder from now on. One that is another than before, by its inode number, is watched in its place. */
  add(folder: BytePath, ino: number | bigint): void {
    const known = this.#watches.get(folder)
    // One is a bigint, the other may be a number.
    if (known !== undefined && `${known.ino}` === `${ino}`) return
    this.remove(folder)
    try {
      const watcher = watch(nativePath(folder), { encoding: LATIN1 }, (event, name) =>
        this.#hear(folder, event, name),
      )
      watcher.on('error', error => this.#refuse(folder, error))
      this.#watches.set(folder, { watcher, ino })
    } catch (error) {
      this.#refuse(folder, error)
    }
  }

  /** Watches a folder no longer. */
  remove(folder: BytePath): void {
    this.#watches.get(folder)?.watcher.close()
    this.#watches.delete(folder)
  }

  [Symbol.dispose](): void {
    for (const { watcher } of this.#watches.values()) watcher.close()
    this.#watches.clear()
  }

  #hear(folder: BytePath, event: string, name: string | null): void {
    const { onNotice } = this.#options
    this.#count()
    // libuv names the folder itself in the same way as what is in it: its watch ends with it.
    if (name === null || (event === 'rename' && name === posix.basename(folder))) {
      this.remove(folder)
      onNotice(folder)
    }
    if (name !== null) onNotice(posix.join(folder, name))
  }

  /**
   * inotify(7): of more than max_queued_events at a time the kernel keeps none, and libuv says nothing of it. All that it
   * keeps is heard in one turn of the event loop, beside what is for others.
   */
  #count(): void {
    if (this.#eventsAtOnce === 0)
      setImmediate(() => {
        this.#eventsAtOnce = 0
      })
    this.#eventsAtOnce += 1
    if (this.#eventsAtOnce === mostAtOnce()) this.#options.onFlood()
  }

  #refuse(folder: BytePath, error: unknown): void {
    this.remove(folder)
    const errno = errnoNameOf(error)
    if (errno === 'ENOSPC' || errno === 'EMFILE') this.#options.onLimit(errno, folder)
    else if (!PASSING.has(errno ?? '')) throw error
  }
}

/** One character for each byte. The type of Node leaves out some of the encodings. */
const LATIN1 = 'latin1' as BufferEncoding

let most: number | undefined

function mostAtOnce(): number {
  most ??= Math.ceil(Number(readFileSync('/proc/sys/fs/inotify/max_queued_events', 'utf8')) / 2)
  return most
}
