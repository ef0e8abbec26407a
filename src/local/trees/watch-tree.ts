import { readFileSync, realpathSync } from 'node:fs'
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
/** How often what cannot be watched is looked at. */
const LOOK_MS = 1000

/** Watches files of this machine. What watches is loaded by the first call. */
export const treePort: TreePort = { realPath, watch: watchTree }

async function watchTree({ roots, skips, onLimit }: TreeWatchOptions): Promise<TreeWatch> {
  const { watchFolders } = await import('./folder-watch.ts')
  const { TreeSnapshot } = await import('./tree-snapshot.ts')
  const snapshot = new TreeSnapshot(skips)
  const notices = new Notices()
  let looks: NodeJS.Timeout | undefined
  const folders = await watchFolders({
    roots,
    skips: folder => skips(bytePath(folder)),
    onNotice: path => {
      if (isOfInterest(bytePath(path), roots, skips)) notices.add(path)
    },
    onLimit: errno => {
      if (looks !== undefined) return
      looks = setInterval(() => {
        for (const root of roots) notices.add(root)
      }, LOOK_MS)
      onLimit(limitOf(errno))
    },
  })
  // From here on nothing is missed, so what is there now is what there is to begin with.
  for (const root of roots) snapshot.look(bytePath(root))
  notices.take()
  return {
    paths: () => snapshot.paths(),
    next: async ({ waitMs, signal }) => {
      const look = (): readonly BytePath[] => notices.take().flatMap(path => snapshot.look(bytePath(path)))
      const end = performance.now() + (waitMs ?? Number.POSITIVE_INFINITY)
      // Much of what is noticed has changed nothing.
      for (;;) {
        const leftMs = end - performance.now()
        if (notices.isEmpty) await notices.next(waitMs === undefined ? undefined : leftMs, signal)
        const changed = await burst(notices, look, signal)
        if (changed.size > 0 || signal.aborted || performance.now() >= end) return [...changed].sort()
      }
    },
    [Symbol.asyncDispose]: async () => {
      clearInterval(looks)
      await folders[Symbol.asyncDispose]()
    },
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

/** Folders above a root tell of much that is not below it. */
function isOfInterest(
  path: BytePath,
  roots: readonly string[],
  skips: (folder: BytePath) => boolean,
): boolean {
  for (const root of roots) {
    const start = bytePath(root)
    if (path === start || path.startsWith(start === '/' ? start : `${start}/`))
      return !isLeftOut(path, start, skips)
  }
  return false
}

/** What is in a folder that is left out is not looked at, whoever watches it. */
function isLeftOut(path: BytePath, root: BytePath, skips: (folder: BytePath) => boolean): boolean {
  for (let end = path.lastIndexOf('/'); end > root.length; end = path.lastIndexOf('/', end - 1)) {
    if (skips(path.slice(0, end))) return true
  }
  return false
}

function realPath(path: AbsolutePath): AbsolutePath {
  try {
    return parseAbsolutePath(realpathSync(path))
  } catch (error) {
    if (errnoNameOf(error) === undefined) throw error
    return path
  }
}

/** inotify(7): ENOSPC is the limit of watches, EMFILE that of instances. */
function limitOf(errno: 'ENOSPC' | 'EMFILE'): {
  readonly sysctl: string
  readonly value: number | undefined
} {
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
