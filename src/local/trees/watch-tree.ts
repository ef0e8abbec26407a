import { realpathSync } from 'node:fs'
import type { TreeChanges, TreePort, TreeWatch, TreeWatchOptions } from '../../app/watch/tree-port.ts'
import { type AbsolutePath, parseAbsolutePath } from '../../base/absolute-path.ts'
import { errnoNameOf } from '../../base/errno-name-of.ts'
import { type BytePath, bytePath } from '../../disk/byte-path.ts'
import { Notices } from './notices.ts'

/** More than one file is a burst, which is over when nothing has come for that long. */
const BURST_MS = 50

/** Watches files of this machine. What watches is loaded by the first call. */
export const treePort: TreePort = { realPath, watch: watchTree }

async function watchTree(options: TreeWatchOptions): Promise<TreeWatch> {
  const { roots } = options
  const { TreeWatcher } = await import('./tree-watcher.ts')
  const notices = new Notices()
  const watcher = new TreeWatcher({ ...options, onNotice: path => notices.add(path) })
  // From here on nothing is missed, so what is there now is what there is to begin with.
  watcher.look(roots.map(bytePath))
  notices.clear()
  const bursts = new Bursts(notices, paths => watcher.look(paths))
  return {
    paths: () => watcher.paths(),
    next: options => bursts.next(options),
    [Symbol.asyncDispose]: () => watcher[Symbol.asyncDispose](),
  }
}

/** Hands bursts out in parts. */
class Bursts {
  readonly #notices: Notices
  readonly #look: (paths: readonly BytePath[]) => readonly BytePath[]
  /** More may come of the one that was handed out last. */
  #isMore = false

  constructor(notices: Notices, look: (paths: readonly BytePath[]) => readonly BytePath[]) {
    this.#notices = notices
    this.#look = look
  }

  async next({ waitMs, signal }: Parameters<TreeWatch['next']>[0]): Promise<TreeChanges> {
    const end = performance.now() + (waitMs ?? Number.POSITIVE_INFINITY)
    for (;;) {
      const leftMs = waitMs === undefined ? undefined : end - performance.now()
      const settled = await this.#notices.settled(this.#isMore ? BURST_MS : leftMs, signal)
      const paths = this.#look(settled)
      if (paths.length > 0) {
        this.#isMore ||= paths.length > 1 || !this.#notices.isEmpty
        return { paths: [...paths].sort(), isMore: this.#isMore }
      }
      // Much of what is noticed has changed nothing.
      if (settled.length > 0 && performance.now() < end) continue
      this.#isMore = false
      return { paths, isMore: false }
    }
  }
}

function realPath(path: AbsolutePath): AbsolutePath {
  try {
    return parseAbsolutePath(realpathSync(path))
  } catch (error) {
    if (errnoNameOf(error) === undefined) throw error
    return path
  }
}
