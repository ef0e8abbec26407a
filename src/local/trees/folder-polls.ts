import { posix } from 'node:path'
import { watch } from 'chokidar'
import { errnoNameOf } from '../../base/errno-name-of.ts'
import { type BytePath, bytePath, displayPath } from '../../disk/byte-path.ts'

/** Who is told of what. */
export interface FolderPollsOptions {
  /** Something happened at `path`: it has to be looked at, with all below it. */
  readonly onNotice: (path: BytePath) => void
}

/** How often it is looked whether something has changed. */
const LOOK_MS = 1000

/** Looks again and again at folders that the kernel does not watch, and at what is in them. */
export class FolderPolls implements AsyncDisposable {
  readonly #onNotice: (path: BytePath) => void
  readonly #folders = new Set<BytePath>()
  readonly #added = new Set<BytePath>()
  readonly #watcher: ReturnType<typeof watch>
  #timer: NodeJS.Timeout | undefined

  constructor({ onNotice }: FolderPollsOptions) {
    this.#onNotice = onNotice
    this.#watcher = watch([], {
      ...{ usePolling: true, interval: LOOK_MS, binaryInterval: LOOK_MS },
      ...{ depth: 0, ignoreInitial: true, followSymlinks: false, atomic: false },
    })
    this.#watcher.on('raw', (_event, path) => this.#hear(path))
    this.#watcher.on('all', (_event, path) => this.#hear(path))
    this.#watcher.on('error', error => {
      // What is gone meanwhile, or may not be read, has nothing to look at.
      if (errnoNameOf(error) === undefined) throw error
    })
  }

  /** Looks at a folder from now on, not at what is in the folders in it. */
  add(folder: BytePath): void {
    if (this.#folders.has(folder)) return
    this.#folders.add(folder)
    this.#added.add(folder)
    this.#watcher.add(displayPath(folder))
    this.#timer ??= setTimeout(() => this.#lookAgain(), LOOK_MS)
  }

  /** Forgets a folder that is gone: one that gets its name is another one. */
  remove(folder: BytePath): void {
    this.#folders.delete(folder)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    clearTimeout(this.#timer)
    await this.#watcher.close()
  }

  /** chokidar takes a while to look at a folder for the first time: what changes until then it does not know. */
  #lookAgain(): void {
    this.#timer = undefined
    for (const folder of this.#added) this.#onNotice(folder)
    this.#added.clear()
  }

  /** Names that are no UTF-8 reach here with U+FFFD in them: their folder is looked at instead. */
  #hear(path: string): void {
    this.#onNotice(bytePath(path.includes('\ufffd') ? posix.dirname(path) : path))
  }
}
