import { closeSync, constants, fstatSync, openSync, readFileSync, type Stats } from 'node:fs'
import { errnoNameOf } from '../base/errno-name-of.ts'
import { TcomposeError } from '../base/tcompose-error.ts'
import { readSmallFile } from '../linux/small-file.ts'
import { damagedRecord, unlessUnreadable } from './damaged-record.ts'

/** O_NONBLOCK: the open(2) of a FIFO without a writer would wait for one. */
const FLAGS = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK

/**
 * Returns the text of the regular file at `path`, or undefined if nothing is there.
 *
 * @throws {TcomposeError} `not-root` if this user may not read it: what tcompose keeps holds secrets of the projects;
 * `state-corrupt` if something else than a file is there, or the disk cannot read it.
 */
export function readRegularFile(path: string): string | undefined {
  const small = readSmallFile(path, FLAGS, 'utf8')
  if (small !== undefined) return small.text
  let file: number | undefined
  try {
    file = openSync(path, FLAGS)
    const stats = fstatSync(file)
    if (!stats.isFile()) throw damagedRecord(path, `it is ${kindOf(stats)}, expected a file`)
    return readFileSync(file, 'utf8')
  } catch (error) {
    return absentOrThrow(path, error)
  } finally {
    if (file !== undefined) closeSync(file)
  }
}

/** Returns the text of the regular file at `path`; undefined if there is none, or something else is in its place. */
export function readSoundFile(path: string): string | undefined {
  return unlessUnreadable(() => readRegularFile(path))
}

function absentOrThrow(path: string, error: unknown): undefined {
  switch (errnoNameOf(error)) {
    case 'ENOENT':
    case 'ENOTDIR':
      return undefined
    case 'EACCES':
      throw notReadable(path, error)
    case 'ELOOP':
      throw damagedRecord(path, 'it is a symbolic link, expected a file')
    // open(2) of a socket, and of a device without a driver.
    case 'ENXIO':
    case 'ENODEV':
      throw damagedRecord(path, 'it is a socket or a device, expected a file')
    case 'EIO':
      throw damagedRecord(path, 'the disk cannot read it', { cause: error })
    default:
      throw error
  }
}

function kindOf(stats: Stats): string {
  if (stats.isDirectory()) return 'a folder'
  return stats.isFIFO() ? 'a FIFO' : 'a device'
}

/** Returns the error for a file that this user may not read. */
export function notReadable(path: string, cause: unknown): TcomposeError {
  return new TcomposeError('not-root', `Cannot read "${path}": tcompose must be run as root`, {
    hint: 'Run the command again with sudo: only root can read what runs',
    cause,
  })
}
