import { lstatSync, type Stats } from 'node:fs'
import { dirname, join } from 'node:path'
import { watch } from 'chokidar'
import { errnoNameOf } from '../../base/errno-name-of.ts'

/** Which folders to watch, and who is told. */
export interface FolderWatchOptions {
  /** Files and folders; each may be absent, and come and go. */
  readonly roots: readonly string[]
  /** Tells whether a folder below the roots is left out. */
  readonly skips: (folder: string) => boolean
  /** Something happened at `path`: it has to be looked at, with all below it. */
  readonly onNotice: (path: string) => void
  /** A folder is not watched because of a limit of the kernel. */
  readonly onLimit: (errno: 'ENOSPC' | 'EMFILE') => void
}

/** A folder that is gone again, that may not be read, or that became something else. */
const PASSING: ReadonlySet<string> = new Set(['ENOENT', 'EACCES', 'ENOTDIR', 'ELOOP'])

/** chokidar looks into a new folder before it watches it: what is made in between is found by another look. */
const SECOND_LOOK_MS = 150

/**
 * Watches the folders of trees, each with one watch of inotify(7), which tells what happens to its files. Folders above a
 * root are watched too, as far as the root comes and goes with them.
 */
export async function watchFolders(options: FolderWatchOptions): Promise<AsyncDisposable> {
  const { roots, skips, onNotice, onLimit } = options
  const timers = new Set<NodeJS.Timeout>()
  const isLeftOut = (path: string, stats?: Stats): boolean => {
    if (stats?.isDirectory() === false) return true
    if (roots.some(root => root === path || isBelow(root, path))) return false
    return !roots.some(root => isBelow(path, root)) || skips(path)
  }
  const lookAgain = (path: string): void => {
    onNotice(path)
    const timer = setTimeout(() => {
      timers.delete(timer)
      onNotice(path)
    }, SECOND_LOOK_MS)
    timers.add(timer)
  }
  const watcher = watch([...new Set(roots.map(root => nearestFolder(dirname(root))))], {
    ignored: isLeftOut,
    ignoreInitial: true,
    followSymlinks: false,
    atomic: false,
  })
  watcher.on('raw', (_event, name, details) => {
    const folder = folderOf(details)
    if (folder !== undefined) onNotice(isText(name) ? join(folder, name) : folder)
  })
  watcher.on('addDir', lookAgain)
  watcher.on('unlinkDir', onNotice)
  watcher.on('error', error => {
    const errno = errnoNameOf(error)
    if (errno === 'ENOSPC' || errno === 'EMFILE') onLimit(errno)
    else if (!PASSING.has(errno ?? '')) throw error
  })
  await new Promise<void>(resolve => watcher.once('ready', resolve))
  return {
    [Symbol.asyncDispose]: async () => {
      for (const timer of timers) clearTimeout(timer)
      await watcher.close()
    },
  }
}

function isBelow(path: string, folder: string): boolean {
  return path.startsWith(folder === '/' ? folder : `${folder}/`)
}

/** What chokidar tells beside the name: the folder whose watch it is from. */
function folderOf(details: unknown): string | undefined {
  const isNamed = typeof details === 'object' && details !== null && 'watchedPath' in details
  return isNamed && typeof details.watchedPath === 'string' ? details.watchedPath : undefined
}

/** Names that are no UTF-8 reach here with U+FFFD in them: their folder is looked at instead. */
function isText(name: unknown): name is string {
  return typeof name === 'string' && !name.includes('\ufffd')
}

/** Returns `path`, or the nearest folder above it that is there. */
function nearestFolder(path: string): string {
  const stats = lstatSync(path, { throwIfNoEntry: false })
  return stats?.isDirectory() || path === '/' ? path : nearestFolder(dirname(path))
}
