import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { dirname } from 'node:path'
import { errnoNameOf } from '../../base/errno-name-of.ts'
import { TcomposeError } from '../../base/tcompose-error.ts'
import { decodeRecord, encodeRecord } from './codec.ts'

/**
 * Writes `value` to `path` so that a crash or a power cut leaves either the old or the new record whole: temporary
 * file, fsync, rename, fsync of the folder. The folder must exist. One writer at a time: the caller holds the
 * project's lock.
 */
export async function writeDurableRecord(path: string, value: unknown): Promise<void> {
  const temporary = `${path}.tmp`
  await writeSynced(temporary, encodeRecord(value))
  renameSync(temporary, path)
  await syncFolder(dirname(path))
}

/** Writes `value` to `path` by rename. It does not outlive a power cut, and need not: the run folder is volatile. */
export function writeVolatileRecord(path: string, value: unknown): void {
  const temporary = `${path}.tmp`
  writeFileSync(temporary, encodeRecord(value), { mode: 0o600 })
  renameSync(temporary, path)
}

/**
 * Returns the record at `path`, or undefined if there is none.
 *
 * @throws {TcomposeError} `state-corrupt` if it is not JSON; `state-version` if its format is newer than `version`;
 * `not-root` if it is another user's.
 */
export function readRecord(path: string, version: number): Readonly<Record<string, unknown>> | undefined {
  const text = readIfPresent(path)
  if (text === undefined) return undefined
  const record = parseObject(path, text)
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
 * Returns the text of `path`, or undefined if it does not exist.
 *
 * @throws {TcomposeError} `not-root` if it is another user's: what tcompose keeps holds secrets of the projects.
 */
export function readIfPresent(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    const code = errnoNameOf(error)
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined
    if (code === 'EACCES') throw notReadable(path, error)
    throw error
  }
}

function notReadable(path: string, cause: unknown): TcomposeError {
  return new TcomposeError('not-root', `Cannot read "${path}": this process is not root, expected root`, {
    hint: 'Run the command again with sudo: what runs is kept for root alone',
    cause,
  })
}

/** Makes `path` and its parents, for the owner only. */
export function makePrivateFolder(path: string): void {
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 })
  } catch (error) {
    // On a read-only file system a recursive mkdir of Node fails with ENOENT; that of one folder tells why.
    if (errnoNameOf(error) === 'ENOENT') mkdirSync(firstMissing(path), { mode: 0o700 })
    throw error
  }
}

/** Returns the outermost folder of `path` that does not exist. */
function firstMissing(path: string): string {
  const parent = dirname(path)
  return parent === path || existsSync(parent) ? path : firstMissing(parent)
}

/** Removes `path` if it exists. */
export function removeFile(path: string): void {
  rmSync(path, { force: true })
}

function parseObject(path: string, text: string): Readonly<Record<string, unknown>> {
  try {
    const value = decodeRecord(text)
    if (typeof value === 'object' && value !== null) return { ...value }
  } catch {
    // Falls through to the one error below: text that is not JSON is as corrupt as JSON of another shape.
  }
  throw new TcomposeError('state-corrupt', `Cannot read "${path}": it is not a record, expected JSON`, {
    hint: 'Run "tcompose doctor" to see what exists, and "tcompose doctor --fix" to remove what has no owner',
  })
}

async function writeSynced(path: string, text: string): Promise<void> {
  const file = await open(path, 'w', 0o600)
  try {
    await file.writeFile(text)
    await file.datasync()
  } finally {
    await file.close()
  }
}

async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r')
  try {
    await folder.sync()
  } finally {
    await folder.close()
  }
}
