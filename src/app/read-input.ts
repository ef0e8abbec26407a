import { closeSync, constants, openSync, statSync } from 'node:fs'
import { readToEnd, readUserFile } from '../disk/user-file.ts'
import type { InputOrigin } from '../parser/load-request.ts'

/** The largest Compose file, env file or label file that is read. */
const LARGEST_MIB = 16
const STANDARD_INPUT = 0

/** What an input holds; `isStream` if it cannot be read a second time. */
export interface InputBytes {
  readonly bytes: Buffer
  readonly isStream: boolean
}

/**
 * Reads the whole input at `path`. A pipe or a terminal is read, blocking, only where the user named it for this
 * command, or by its descriptor; what a folder or a file leads to must be a regular file or /dev/null.
 *
 * @throws {UnfitFile} If it is something else, or too large.
 */
export function readInput(path: string, origin: InputOrigin): InputBytes {
  const descriptor = descriptorIn(path)
  if (descriptor !== undefined) return { bytes: readToEnd(descriptor, LARGEST_MIB), isStream: true }
  if (origin === 'named' && isStream(path)) return { bytes: readStream(path), isStream: true }
  return { bytes: readUserFile(path, LARGEST_MIB), isStream: false }
}

/** Found out without opening it: a FIFO that is opened and closed again has lost what its writer wrote. */
function isStream(path: string): boolean {
  const status = statSync(path)
  return status.isFIFO() || status.isCharacterDevice()
}

/** The descriptor that a path means by itself: what the shell passed with `<` or `<(...)`. */
function descriptorIn(path: string): number | undefined {
  if (path === '-' || path === '/dev/stdin') return STANDARD_INPUT
  const number = /^\/(?:dev|proc\/self)\/fd\/(\d+)$/.exec(path)?.[1]
  return number === undefined ? undefined : Number(number)
}

function readStream(path: string): Buffer {
  const file = openSync(path, constants.O_RDONLY | constants.O_NOCTTY)
  try {
    return readToEnd(file, LARGEST_MIB)
  } finally {
    closeSync(file)
  }
}
