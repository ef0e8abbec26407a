import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs'
import { dirname } from 'node:path'
import { errnoNameOf } from '../base/errno-name-of.ts'
import { TcomposeError } from '../base/tcompose-error.ts'
import { checkSeal, sealText } from './checksum.ts'
import { decodeRecord, encodeRecord } from './codec.ts'
import { damagedRecord } from './damaged-record.ts'
import { notReadable, readRegularFile } from './regular-file.ts'
import { readUserFile } from './user-file.ts'
import { writeAtomic, writeDurable } from './write-atomic.ts'

/** Returns what a record's file holds: `value`, encoded, with its checksum. */
export function recordText(value: object): string {
  return sealText(encodeRecord(value))
}

/** Settings are written by hand, or a few lines for each registry. */
const LARGEST_SETTINGS_MIB = 4

/**
 * Writes `value` to `path` so that a crash or a power cut leaves either the old or the new record whole. The folder must
 * exist. One writer at a time: the caller holds the project's lock. The content of each of the files `after` is on the disk
 * before the new record is.
 */
export async function writeDurableRecord(
  path: string,
  value: object,
  after: readonly string[] = [],
): Promise<void> {
  await writeDurable(path, recordText(value), after)
}

/** Writes `value` to `path` whole. It does not outlive a power cut, and need not: the run folder is volatile. */
export function writeVolatileRecord(path: string, value: object): void {
  writeAtomic(path, recordText(value))
}

/**
 * Writes a record that several processes may write at once. After a crash or a power cut there is the old or the new
 * one, whole. Its folder is made.
 */
export function writeSharedRecord(path: string, value: object): void {
  const folder = dirname(path)
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  writeAtomic(path, recordText(value), { temporaries: folder, survives: 'name' })
}

/**
 * Returns the record at `path`, or undefined if there is none.
 *
 * A record without a checksum is one of an earlier version. `version` is raised when earlier versions would misread what
 * is written; what they can ignore does not raise it.
 *
 * @throws {TcomposeError} `state-corrupt` if it is not what was written; `state-version` if its format is newer than
 * `version`; `not-root` if it is another user's.
 */
export function readRecord(path: string, version: number): Readonly<Record<string, unknown>> | undefined {
  const text = readRegularFile(path)
  if (text === undefined) return undefined
  const { checksum: _checksum, ...record } = parseObject(path, text)
  if (typeof record['version'] === 'number' && record['version'] > version) {
    throw new TcomposeError(
      'state-version',
      `Cannot read "${path}": its format is ${record['version']}, expected ${version} or less`,
      {
        hint: 'It was written by a later version of tcompose: use that one, or take the project down with it first',
      },
    )
  }
  return record
}

/**
 * Returns the text of `path`, links followed, or undefined if it does not exist. For files that are not records of
 * tcompose: the kernel's and the user's.
 *
 * @throws {TcomposeError} `not-root` if it is another user's: what tcompose keeps holds secrets of the projects.
 */
export function readIfPresent(path: string): string | undefined {
  return ifPresent(path, () => readFileSync(path, 'utf8'))
}

/**
 * Returns the text of a file that a user wrote, or undefined if it does not exist.
 *
 * @throws {TcomposeError} `not-root` if this user may not read it.
 * @throws {UnfitFile} If it is no regular file, or no file of settings is that large.
 */
export function readSettingsIfPresent(path: string): string | undefined {
  return ifPresent(path, () => readUserFile(path, LARGEST_SETTINGS_MIB).toString('utf8'))
}

function ifPresent(path: string, read: () => string): string | undefined {
  try {
    return read()
  } catch (error) {
    const code = errnoNameOf(error)
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
    if (code === 'EACCES') throw notReadable(path, error)
    throw error
  }
}

/** Makes `path` and its parents, for the owner only. */
export function makePrivateFolder(path: string): void {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 })
  } catch (error) {
    // On a read-only file system a recursive mkdir of Node fails with ENOENT; that of one folder says why.
    if (errnoNameOf(error) === 'ENOENT') mkdirSync(firstMissing(path), { mode: 0o700 })
    throw error
  }
}

/** Returns the outermost folder of `path` that does not exist. */
function firstMissing(path: string): string {
  const parent = dirname(path)
  return parent === path || existsSync(parent) ? path : firstMissing(parent)
}

/** Removes the file at `path` if it exists, or whatever is in its place. */
export function removeFile(path: string): void {
  try {
    rmSync(path, { force: true })
  } catch (error) {
    if (errnoNameOf(error) !== 'ERR_FS_EISDIR') throw error
    rmSync(path, { recursive: true, force: true })
  }
}

function parseObject(path: string, text: string): Readonly<Record<string, unknown>> {
  try {
    const value = checkSeal(text) === 'damaged' ? undefined : decodeRecord(text)
    if (typeof value === 'object' && value !== null) return { ...value }
  } catch {
    // Falls through to the one error below: text that is not JSON is as damaged as JSON of another shape.
  }
  throw damagedRecord(path, 'it is damaged, expected a record')
}
