import { closeSync, constants, fstatSync, openSync, readSync, type Stats, statSync } from 'node:fs'
import { errnoNameOf } from '../base/errno-name-of.ts'

const CHUNK_BYTES = 64 * 1024
const RETRY_MS = 5
/** Waits for no writer of a FIFO that has come to the path meanwhile, and takes no terminal over. */
const LOOK = constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY
/** Major and minor number of /dev/null, as makedev(3) joins them. */
const NULL_DEVICE = (1 << 8) | 3

/** A file is not one that is read; the message says what it is, and where that helps what is expected. */
export class UnfitFile extends Error {
  readonly isFolder: boolean

  constructor(message: string, isFolder = false) {
    super(message)
    this.isFolder = isFolder
  }
}

/**
 * Returns the content of the regular file at `path`, which a link may lead to; that of /dev/null is empty.
 *
 * @throws {UnfitFile} If it is something else, or larger than `mib`.
 */
export function readUserFile(path: string, mib: number): Buffer {
  requireRegular(statSync(path))
  const file = openSync(path, LOOK)
  try {
    const status = fstatSync(file)
    requireRegular(status)
    return readToEnd(file, mib, status.size)
  } finally {
    closeSync(file)
  }
}

function requireRegular(status: Stats): void {
  if (status.isFile() || status.rdev === NULL_DEVICE) return
  if (status.isDirectory()) throw new UnfitFile('it is a folder', true)
  throw new UnfitFile(`it is a ${kindOf(status)}, expected a file`)
}

function kindOf(status: Stats): string {
  if (status.isFIFO()) return 'pipe'
  return status.isSocket() ? 'socket' : 'device'
}

/** Reads until the end, which may be `expected` bytes away. */
export function readToEnd(file: number, mib: number, expected = 0): Buffer {
  const largest = mib * 1024 * 1024
  const chunks: Buffer[] = []
  for (let total = 0; total <= largest && expected <= largest; ) {
    const chunk = Buffer.allocUnsafe(Math.max(expected - total + 1, CHUNK_BYTES))
    const count = readOnce(file, chunk)
    if (count === 0) return Buffer.concat(chunks)
    total += count
    chunks.push(chunk.subarray(0, count))
  }
  throw new UnfitFile(`it is larger than ${mib} MiB`)
}

/** A pipe whose other end does not block gives EAGAIN while nothing is there to read. */
function readOnce(file: number, chunk: Buffer): number {
  for (;;) {
    try {
      return readSync(file, chunk)
    } catch (error) {
      if (errnoNameOf(error) !== 'EAGAIN') throw error
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, RETRY_MS)
    }
  }
}
