import { appendFileSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Digest } from '../base/digest.ts'
import { type FileLock, tryLock } from '../disk/flock.ts'
import { namesIn } from '../disk/names-in.ts'
import { makePrivateFolder, readIfPresent } from '../disk/record-file.ts'
import { temporaryName } from '../disk/temporary-name.ts'
import { imageFolders } from './images/image-record.ts'
import { shareStore, tryLockStore } from './store-lock.ts'
import type { StorePaths } from './store-paths.ts'

/** Something that a process needs before a record lists it. A layer is named by its diffID, an image by its id. */
export type LeasedThing = `blob ${Digest}` | `layer ${Digest}` | `image ${Digest}` | `volume ${string}`

/** What one process needs of the store, until it is disposed or the process dies. */
export interface Lease extends Disposable {
  /** Keeps `things`, there or about to be made. Look whether they are there only after this. */
  keep(things: readonly LeasedThing[]): Promise<void>
  /** The file that holds them; undefined until there is one. */
  readonly path: string | undefined
}

/**
 * Opens a lease: a file in `images/leases` with a thing in each line, under an flock(2) that the kernel frees with its
 * process. It is made with the first thing.
 */
export function openLease(paths: StorePaths): Lease {
  const kept = new Set<LeasedThing>()
  let file: FileLock | undefined
  return {
    get path() {
      return file?.path
    },
    keep: async things => {
      const added = things.filter(thing => !kept.has(thing))
      if (added.length === 0) return
      using _shared = await shareStore(paths)
      file ??= makeFile(paths)
      appendFileSync(file.path, `${added.join('\n')}\n`)
      for (const thing of added) kept.add(thing)
    },
    [Symbol.dispose]: () => {
      if (file === undefined) return
      rmSync(file.path, { force: true })
      file[Symbol.dispose]()
    },
  }
}

/**
 * Returns what live processes need, except for `own`, and removes what dead ones left. The caller has the store to
 * itself, so no lease is being written. One may end, whose things the records name by then: read the records after
 * this.
 */
export function readLeases(paths: StorePaths, own?: Lease): ReadonlySet<string> {
  const folder = leasesFolder(paths)
  const files = namesIn(folder).map(name => join(folder, name))
  return new Set(files.filter(path => path !== own?.path).flatMap(linesOf))
}

function linesOf(path: string): readonly string[] {
  using abandoned = tryLock(path)
  if (abandoned !== undefined) {
    rmSync(path, { force: true })
    return []
  }
  return (readIfPresent(path) ?? '').split('\n')
}

function makeFile(paths: StorePaths): FileLock {
  const folder = leasesFolder(paths)
  makePrivateFolder(folder)
  const path = join(folder, temporaryName())
  const lock = tryLock(path)
  if (lock === undefined) throw new Error(`Cannot lock "${path}": another process holds it`)
  return lock
}

/**
 * Removes the leases of processes that ended before they could. Whose they are is known by their locks alone: a process
 * in another container has no pid here. Does nothing while others use the store: it is no concern of theirs.
 */
export function sweepLeases(paths: StorePaths): void {
  using store = tryLockStore(paths)
  if (store !== undefined) readLeases(paths)
}

/** Returns the folder of all leases. Their names are temporary ones. */
function leasesFolder(paths: StorePaths): string {
  return join(imageFolders(paths).images, 'leases')
}
