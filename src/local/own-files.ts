import {
  closeSync,
  constants,
  fstatSync,
  openSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
} from 'node:fs'
import { join } from 'node:path'
import { makePrivateFolder } from '../disk/record-file.ts'
import { writeAtomic } from '../disk/write-atomic.ts'

/** How many files a folder keeps, the newest. */
const KEPT = 64

/**
 * Returns the text of file `name` of `folder`. Undefined if there is none, and for one that this user did not write or
 * that others may write: its content is trusted.
 */
export function readOwnFile(folder: string, name: string): string | undefined {
  let file: number | undefined
  try {
    // A FIFO without a writer would be waited for.
    file = openSync(join(folder, name), constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK)
    const stats = fstatSync(file)
    const isOwn = stats.isFile() && stats.uid === process.geteuid?.() && (stats.mode & 0o077) === 0
    if (!isOwn) return undefined
    return readFileSync(file, 'utf8')
  } catch {
    return undefined
  } finally {
    if (file !== undefined) closeSync(file)
  }
}

/** Writes file `name` of `folder` whole, for this user only. Failures are ignored. */
export function writeOwnFile(folder: string, name: string, text: string): void {
  try {
    makePrivateFolder(folder)
    writeAtomic(join(folder, name), text, { temporaries: folder })
    removeOldest(folder)
  } catch {
    // A read-only folder, a full disk, a folder of somebody else: the file is not needed.
  }
}

function removeOldest(folder: string): void {
  const names = readdirSync(folder)
  if (names.length <= KEPT) return
  const byAge = names
    .map(name => ({ path: join(folder, name), time: statSync(join(folder, name)).mtimeMs }))
    .toSorted((a, b) => b.time - a.time)
  for (const { path } of byAge.slice(KEPT)) rmSync(path, { force: true })
}
