import { createReadStream } from 'node:fs'
import type { ArchiveInput, ArchiveOutput } from '../app/index.ts'
import type { CommandContext } from './command-context.ts'
import { writeOutputFile } from './output-file.ts'
import { UsageError } from './usage-error.ts'
import { writeAll } from './write-all.ts'

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
  return await writeOutputFile(path, { mode: 0o600, signal: ports.interrupts.first }, work)
}
