import {
  close,
  constants,
  fchmod,
  fchown,
  fstatSync,
  fsync,
  open,
  readlinkSync,
  rename,
  rmSync,
} from 'node:fs'
import { promisify } from 'node:util'
import { errnoNameOf } from '../base/errno-name-of.ts'
import { type WriteChunk, writeAll } from './write-all.ts'
import { writeFailure } from './write-failure.ts'

/** Exclusive: what is at the temporary path is neither followed nor written into. */
const TEMPORARY = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW

/** A regular file that is made or replaced. */
export interface ReplacedFile {
  /** Where it is made. */
  readonly path: string
  /** Its mode if it does not exist. */
  readonly mode: number
  /** A descriptor of the file that exists: the new one is where this one is, with its mode and owner. */
  readonly file?: number
}

/**
 * Lets `work` write a file that appears when it is whole; if `work` fails, what was there stays.
 *
 * @throws {TcomposeError} `system-call` if the file cannot be written.
 */
export async function replaceFile<T>(
  { path: named, mode, file: earlier }: ReplacedFile,
  work: (write: WriteChunk) => Promise<T>,
): Promise<T> {
  const attempt = attemptOn(named)
  const path = earlier === undefined ? named : readlinkSync(`/proc/self/fd/${earlier}`)
  const temporary = `${path}.${process.pid}.tmp`
  const file = await attempt(() => promisify(open)(temporary, TEMPORARY, mode))
  try {
    if (earlier === undefined) await attempt(() => promisify(fchmod)(file, mode))
    else await attempt(() => copyOwnership(earlier, file))
    const result = await work(chunk => writeAll(file, chunk, { name: `"${named}"` }))
    await attempt(() => promisify(fsync)(file))
    await attempt(() => promisify(rename)(temporary, path))
    return result
  } finally {
    await promisify(close)(file)
    rmSync(temporary, { force: true })
  }
}

/** The owner first: chown(2) clears the set-id bits. Who may not give a file away keeps it. */
async function copyOwnership(from: number, to: number): Promise<void> {
  const { uid, gid, mode } = fstatSync(from)
  await promisify(fchown)(to, uid, gid).catch(error => {
    if (errnoNameOf(error) !== 'EPERM') throw error
  })
  await promisify(fchmod)(to, mode & 0o7777)
}

function attemptOn(path: string): <T>(call: () => Promise<T>) => Promise<T> {
  return async call => {
    try {
      return await call()
    } catch (error) {
      throw writeFailure(`"${path}"`, error)
    }
  }
}
