import type { LogLine } from '../app/index.ts'
import type { CliPorts } from './cli-ports.ts'
import { flushed } from './flushed.ts'

/** Characters between two looks at the reader, and at Ctrl-C. */
const TURN = 1024 * 1024

/**
 * Writes each of `lines` to the stream that it is from, no faster than the readers take them, until `signal` aborts or the reader
 * of standard output has ended.
 */
export async function writeLogLines(
  { stdout, stderr, interrupts }: Pick<CliPorts, 'stdout' | 'stderr' | 'interrupts'>,
  lines: AsyncIterable<LogLine>,
  { format, signal }: { readonly format: (line: LogLine) => string; readonly signal?: AbortSignal },
): Promise<void> {
  let written = 0
  for await (const line of lines) {
    const text = format(line)
    const output = line.stream === 'stdout' ? stdout : stderr
    output.write(text)
    if (stdout.failure !== undefined) return
    written += text.length
    if (written < TURN) continue
    written = 0
    await flushed(output, interrupts)
    await new Promise(resolve => setImmediate(resolve))
    if (signal?.aborted) return
  }
}
