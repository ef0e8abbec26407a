import {
  closeSync,
  constants,
  fdatasyncSync,
  fsyncSync,
  openSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs'
import { open } from 'node:fs/promises'
import { dirname, join } from 'node:path'
import { errnoNameOf } from '../base/errno-name-of.ts'
import { putAside } from './put-aside.ts'
import { temporaryName } from './temporary-name.ts'

/** Whatever was put in the place of a temporary file is not followed and not waited for. */
const SINGLE_WRITER =
  constants.O_WRONLY | constants.O_CREAT | constants.O_TRUNC | constants.O_NOFOLLOW | constants.O_NONBLOCK

const ONE_OF_SEVERAL = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW

/** How a file is replaced. */
export interface AtomicWrite {
  /**
   * For files that several processes may write at once: the folder of the temporary file, on the same file system, which
   * then has a name of its own. @default `<path>.tmp`, for one writer at a time
   */
  readonly temporaries?: string
  /** What a power cut leaves, once the call has returned: anything, the content under its name, or both. @default none */
  readonly survives?: 'none' | 'content' | 'name'
}

/**
 * Writes `content`, which may be in parts, to `path`, for the owner only, so that readers see the old file or the new one
 * whole.
 */
export function writeAtomic(
  path: string,
  content: string | Uint8Array | readonly Uint8Array[],
  { temporaries, survives = 'none' }: AtomicWrite = {},
): void {
  const isShared = temporaries !== undefined
  const temporary = isShared ? join(temporaries, temporaryName()) : `${path}.tmp`
  try {
    writeNow(temporary, content, {
      flags: isShared ? ONE_OF_SEVERAL : SINGLE_WRITER,
      isSynced: survives !== 'none',
    })
    replace(temporary, path)
  } catch (error) {
    // Nobody writes a name of several writers again, so what is left there would stay.
    if (isShared) rmSync(temporary, { force: true })
    throw error
  }
  if (survives === 'name') syncFolder(dirname(path))
}

function writeNow(
  path: string,
  content: string | Uint8Array | readonly Uint8Array[],
  { flags, isSynced }: { readonly flags: number; readonly isSynced: boolean },
): void {
  const file = openSync(path, flags, 0o600)
  try {
    const parts = typeof content === 'string' || content instanceof Uint8Array ? [content] : content
    for (const part of parts) writeFileSync(file, part)
    if (isSynced) fdatasyncSync(file)
  } finally {
    closeSync(file)
  }
}

/**
 * Writes `content` to `path` as `writeAtomic` does, for one writer at a time, and waits for the disk without blocking the
 * thread. A power cut leaves the old file or the new one whole.
 *
 * @param after Files whose content is on the disk before `path` has the new one. @default none
 */
export async function writeDurable(
  path: string,
  content: string,
  after: readonly string[] = [],
): Promise<void> {
  const temporary = `${path}.tmp`
  const file = await open(temporary, SINGLE_WRITER, 0o600)
  try {
    await file.writeFile(content)
    await Promise.all([file.datasync(), ...after.map(syncContent)])
  } finally {
    await file.close()
  }
  replace(temporary, path)
  const folder = await open(dirname(path), 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}

/** Waits until the content of a file is on the disk; its name need not be. See fdatasync(2). */
export async function syncContent(path: string): Promise<void> {
  const file = await open(path, 'r')
  try {
    await file.datasync()
  } finally {
    await file.close()
  }
}

/** A folder that is in the place of the file is put aside. */
function replace(temporary: string, path: string): void {
  try {
    renameSync(temporary, path)
  } catch (error) {
    if (errnoNameOf(error) !== 'EISDIR') throw error
    putAside(path)
    renameSync(temporary, path)
  }
}

function syncFolder(path: string): void {
  const folder = openSync(path, 'r')
  try {
    fsyncSync(folder)
  } finally {
    closeSync(folder)
  }
}
