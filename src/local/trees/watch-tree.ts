import { realpathSync } from 'node:fs'
import type { TreePort, TreeWatch, TreeWatchOptions } from '../../app/watch/tree-port.ts'
import { type AbsolutePath, parseAbsolutePath } from '../../base/absolute-path.ts'
import { errnoNameOf } from '../../base/errno-name-of.ts'
import { type BytePath, bytePath } from '../../disk/byte-path.ts'
import { Notices } from './notices.ts'

/** One file is saved in several steps: they are over when none has come for that long. */
const QUIET_MS = 12
/** More than one file is a burst, which is over when nothing has come for that long. */
const BURST_MS = 50
/** It counts as one no longer than that. */
const LONGEST_BURST_MS = 1000
/** Watches files of this machine. What watches is loaded by the first call. */
export const treePort: TreePort = { realPath, watch: watchTree }

async function watchTree(options: TreeWatchOptions): Promise<TreeWatch> {
  const { roots } = options
  const { TreeWatcher } = await import('./tree-watcher.ts')
  const notices = new Notices()
  const watcher = new TreeWatcher({ ...options, onNotice: path => notices.add(path) })
  // From here on nothing is missed, so what is there now is what there is to begin with.
  watcher.look(roots.map(bytePath))
  notices.take()
  return {
    paths: () => watcher.paths(),
    next: async ({ waitMs, signal }) => {
      const look = (): readonly BytePath[] => watcher.look(notices.take())
      const end = performance.now() + (waitMs ?? Number.POSITIVE_INFINITY)
      // Much of what is noticed has changed nothing.
      for (;;) {
        const leftMs = end - performance.now()
        if (notices.isEmpty) await notices.next(waitMs === undefined ? undefined : leftMs, signal)
        const changed = await burst(notices, look, signal)
        if (changed.size > 0 || signal.aborted || performance.now() >= end) return [...changed].sort()
      }
    },
    [Symbol.asyncDispose]: () => watcher[Symbol.asyncDispose](),
  }
}

/** Returns what changes until it is quiet; nothing if it is already. */
async function burst(
  notices: Notices,
  look: () => readonly BytePath[],
  signal: AbortSignal,
): Promise<ReadonlySet<BytePath>> {
  const changed = new Set<BytePath>()
  const end = performance.now() + LONGEST_BURST_MS
  while (!notices.isEmpty && !signal.aborted) {
    await untilQuiet(notices, { end, signal })
    for (const path of look()) changed.add(path)
    if (changed.size <= 1 || performance.now() >= end) break
    await notices.next(BURST_MS, signal)
  }
  return changed
}

/** When a burst counts as over, whatever still comes. */
interface BurstEnd {
  /** As `performance.now()` counts. */
  readonly end: number
  readonly signal: AbortSignal
}

async function untilQuiet(notices: Notices, { end, signal }: BurstEnd): Promise<void> {
  let before: number
  do {
    before = performance.now()
    await notices.next(QUIET_MS, signal)
  } while (performance.now() - before < QUIET_MS - 1 && performance.now() < end && !signal.aborted)
}

function realPath(path: AbsolutePath): AbsolutePath {
  try {
    return parseAbsolutePath(realpathSync(path))
  } catch (error) {
    if (errnoNameOf(error) === undefined) throw error
    return path
  }
}
