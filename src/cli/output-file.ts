import { close, constants, fstatSync, lstatSync, open, statSync } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'
import { errnoNameOf } from '../base/errno-name-of.ts'
import { replaceFile } from './replace-file.ts'
import { writeToDescriptor } from './stream-writer.ts'
import type { WriteChunk } from './write-all.ts'
import { writeFailure } from './write-failure.ts'

const RETRY_MS = 20
const INTO = constants.O_WRONLY | constants.O_NONBLOCK | constants.O_NOCTTY

export interface OutputFileOptions {
  /** The mode of a file that does not exist yet. */
  readonly mode: number
  /** Ends the wait for the reader of a FIFO. */
  readonly signal: AbortSignal
}

/**
 * Lets `work` write to `path`, which the user named. A regular file is replaced once everything is written, and keeps
 * its mode and owner. A link stays, and what it names is written. A device or a FIFO is written into.
 *
 * @throws {TcomposeError} `system-call` if the path is a folder or a socket, or cannot be written.
 */
export async function writeOutputFile<T>(
  path: string,
  options: OutputFileOptions,
  work: (write: WriteChunk) => Promise<T>,
): Promise<T> {
  const name = `"${path}"`
  const standard = descriptorIn(path)
  const { signal } = options
  if (standard !== undefined) return await writeToDescriptor(standard, { name, signal }, work)
  const file = await openExisting(path, options)
  if (file === undefined) return await replaceFile({ path, mode: options.mode }, work)
  try {
    if (fstatSync(file).isFile()) return await replaceFile({ path, mode: options.mode, file }, work)
    return await writeToDescriptor(file, { name, signal }, work)
  } finally {
    await promisify(close)(file)
  }
}

/** To open such a path starts at the beginning of a file that the shell appends to. */
function descriptorIn(path: string): number | undefined {
  if (path === '/dev/stdout') return 1
  if (path === '/dev/stderr') return 2
  const number = /^\/(?:dev|proc\/self)\/fd\/(\d+)$/.exec(path)?.[1]
  return number === undefined ? undefined : Number(number)
}

/**
 * Returns a descriptor of what `path` names, undefined if nothing is there. The kernel follows the link, so that its
 * rules for links in folders that everybody may write to apply; the file that a dangling link names is made.
 */
async function openExisting(path: string, { mode, signal }: OutputFileOptions): Promise<number | undefined> {
  const isLink = lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() ?? false
  for (;;) {
    try {
      return await promisify(open)(path, isLink ? INTO | constants.O_CREAT : INTO, mode)
    } catch (error) {
      if (errnoNameOf(error) === 'ENOENT' && !isLink) return undefined
      if (!isFifoWithoutReader(path, error)) throw writeFailure(`"${path}"`, error)
    }
    await delay(RETRY_MS, undefined, { signal })
  }
}

function isFifoWithoutReader(path: string, error: unknown): boolean {
  return errnoNameOf(error) === 'ENXIO' && (statSync(path, { throwIfNoEntry: false })?.isFIFO() ?? false)
}
