import { close, createReadStream, fsync, open, rename, rmSync, write } from 'node:fs'
import { setTimeout as delay } from 'node:timers/promises'
import { promisify } from 'node:util'
import type { ArchiveInput, ArchiveOutput } from '../app/index.ts'
import { TcomposeError } from '../base/tcompose-error.ts'
import type { CommandContext } from './command-context.ts'
import { UsageError } from './usage-error.ts'

const RETRY_MS = 5
const STANDARD_INPUT = 0
const STANDARD_OUTPUT = 1

/**
 * Returns where an archive is read from: a file, or standard input without one.
 *
 * @throws {UsageError} If standard input is a terminal.
 */
export function archiveInput({ ports }: CommandContext, path: string | undefined): ArchiveInput {
  if (path !== undefined && path !== '-') return { kind: 'file', path }
  if (ports.isInputTerminal) {
    throw new UsageError('there is no archive: standard input is a terminal', 'Name one with --input FILE')
  }
  return { kind: 'stream', chunks: createReadStream('', { fd: STANDARD_INPUT, autoClose: false }) }
}

/**
 * Lets `work` write an archive to a file, which appears when it is whole, or to standard output without one.
 *
 * @throws {UsageError} If standard output is a terminal.
 * @throws {TcomposeError} `system-call` if the file cannot be written.
 */
export async function writeArchive<T>(
  { ports }: CommandContext,
  path: string | undefined,
  work: (output: ArchiveOutput) => Promise<T>,
): Promise<T> {
  if (path === undefined || path === '-') {
    if (ports.stdout.isTerminal) {
      throw new UsageError('an archive would be written to the terminal', 'Name a file with --output FILE')
    }
    return await work(chunk => writeAll(STANDARD_OUTPUT, chunk, 'standard output'))
  }
  return await writeFileWhole(path, work)
}

async function writeFileWhole<T>(path: string, work: (output: ArchiveOutput) => Promise<T>): Promise<T> {
  const temporary = `${path}.${process.pid}.tmp`
  const fd = await attempt(path, () => promisify(open)(temporary, 'w', 0o600))
  try {
    const result = await work(chunk => writeAll(fd, chunk, path))
    await attempt(path, () => promisify(fsync)(fd))
    await attempt(path, () => promisify(rename)(temporary, path))
    return result
  } finally {
    await promisify(close)(fd)
    rmSync(temporary, { force: true })
  }
}

async function writeAll(fd: number, chunk: Uint8Array, name: string): Promise<void> {
  let written = 0
  while (written < chunk.length) {
    const { bytesWritten } = await attempt(name, () => writeOnce(fd, chunk.subarray(written)))
    written += bytesWritten
  }
}

/** A pipe that another process made non-blocking is full for a moment. */
async function writeOnce(fd: number, chunk: Uint8Array): Promise<{ readonly bytesWritten: number }> {
  for (;;) {
    try {
      return await promisify(write)(fd, chunk)
    } catch (error) {
      if (!(error instanceof Error && 'code' in error && error.code === 'EAGAIN')) throw error
      await delay(RETRY_MS)
    }
  }
}

async function attempt<T>(name: string, call: () => Promise<T>): Promise<T> {
  try {
    return await call()
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'it failed'
    throw new TcomposeError('system-call', `Cannot write the archive to ${name}: ${code}`, {
      hint: 'Check the folder, its permissions and the room on its disk',
      cause: error,
    })
  }
}
