import { createReadStream, fstatSync, openSync, statSync } from 'node:fs'
import { Socket } from 'node:net'
import type { ArchiveInput, ArchiveOutput } from '../app/index.ts'
import type { CommandContext } from './command-context.ts'
import { writeOutputFile } from './output-file.ts'
import { writeToDescriptor } from './stream-writer.ts'
import { UsageError } from './usage-error.ts'

const STANDARD_INPUT = 0
const STANDARD_OUTPUT = 1

/**
 * Returns where an archive is read from: a file, a pipe, or standard input without one.
 *
 * @throws {UsageError} If standard input is a terminal.
 */
export function archiveInput({ ports }: CommandContext, path: string | undefined): ArchiveInput {
  if (path !== undefined && path !== '-' && path !== '/dev/stdin') {
    if (!isStream(path)) return { kind: 'file', path }
    // Waits for the writer of a FIFO.
    const fd = ports.interrupts.interruptibly(() => openSync(path, 'r'))
    return { kind: 'stream', chunks: streamOf(fd) }
  }
  if (ports.isInputTerminal) {
    throw new UsageError('there is no archive: standard input is a terminal', 'Name one with --input FILE')
  }
  return { kind: 'stream', chunks: streamOf(STANDARD_INPUT) }
}

/** A read that waits in a thread of Node's pool would hold up the exit after an interrupt; a socket's does not. */
function streamOf(fd: number): AsyncIterable<Buffer> {
  const status = fstatSync(fd)
  if (status.isFIFO() || status.isSocket()) return new Socket({ fd, readable: true, writable: false })
  return createReadStream('', { fd, autoClose: fd !== STANDARD_INPUT })
}

function isStream(path: string): boolean {
  const status = statSync(path, { throwIfNoEntry: false })
  return status !== undefined && (status.isFIFO() || status.isCharacterDevice())
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
    const options = { name: 'standard output', signal: ports.interrupts.first }
    return await writeToDescriptor(STANDARD_OUTPUT, options, work)
  }
  return await writeOutputFile(path, { mode: 0o600, signal: ports.interrupts.first }, work)
}
