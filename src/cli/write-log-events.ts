import type { LogEvent } from '../app/index.ts'
import type { CliPorts, TextOutput } from './cli-ports.ts'
import { flushed } from './flushed.ts'
import type { LogText } from './views/log-view.ts'

/** Characters between two looks at the reader, and at Ctrl-C. */
const TURN = 1024 * 1024

export interface LogWriting {
  readonly format: (event: LogEvent) => LogText
  /** @default writes at once */
  readonly write?: (output: TextOutput, text: string) => void
  readonly signal?: AbortSignal
}

/**
 * Writes each of `events` to the stream that it belongs to, no faster than the readers take them, until `signal` aborts or
 * the reader of standard output has ended.
 */
export async function writeLogEvents(
  { stdout, stderr, interrupts }: Pick<CliPorts, 'stdout' | 'stderr' | 'interrupts'>,
  events: AsyncIterable<LogEvent>,
  { format, write = (output, text) => output.write(text), signal }: LogWriting,
): Promise<void> {
  let written = 0
  for await (const event of events) {
    const { stream, text } = format(event)
    const output = stream === 'stdout' ? stdout : stderr
    write(output, text)
    if (stdout.failure !== undefined) return
    written += text.length
    if (written < TURN) continue
    written = 0
    await flushed(output, interrupts)
    await new Promise(resolve => setImmediate(resolve))
    if (signal?.aborted) return
  }
}
