import type { LogEvent } from '../app/index.ts'
import type { CliPorts, TextOutput } from './cli-ports.ts'
import { flushed } from './flushed.ts'
import type { LogText } from './views/log-view.ts'

/** Characters between two looks at the reader, and at Ctrl-C. */
const TURN = 1024 * 1024
/** Characters that are written together where they come together. */
const MOST_WAITING = 64 * 1024

export interface LogWriting {
  readonly format: (event: LogEvent) => LogText
  /** @default writes at once */
  readonly write?: (output: TextOutput, text: string) => void
  readonly signal?: AbortSignal
}

/**
 * Writes each of `events` to the stream that it belongs to, no faster than the readers take them, until `signal` aborts or
 * the reader of standard output has ended. An end is written when the next event is asked for.
 */
export async function writeLogEvents(
  { stdout, stderr, interrupts }: Pick<CliPorts, 'stdout' | 'stderr' | 'interrupts'>,
  events: AsyncIterable<LogEvent>,
  { format, write = (output, text) => output.write(text), signal }: LogWriting,
): Promise<void> {
  using batch = new Batch(write)
  let written = 0
  // A write may fail after the last event, and none may follow.
  for await (const event of untilFailure(events, stdout)) {
    const { stream, text } = format(event)
    const output = stream === 'stdout' ? stdout : stderr
    batch.add(output, text)
    if (event.kind === 'end') batch.flush()
    if (stdout.failure !== undefined) return
    written += text.length
    if (written < TURN) continue
    written = 0
    batch.flush()
    await flushed(output, interrupts)
    await new Promise(resolve => setImmediate(resolve))
    if (signal?.aborted) return
  }
}

/** Yields `events` until a write to `output` fails. */
async function* untilFailure(
  events: AsyncIterable<LogEvent>,
  output: TextOutput,
): AsyncGenerator<LogEvent, void, undefined> {
  let hasFailed = false
  let wake = (): void => undefined
  output.whenFailed?.(() => {
    hasFailed = true
    wake()
  })
  const iterator = events[Symbol.asyncIterator]()
  try {
    while (!hasFailed) {
      // A race with one promise for all events would keep something of each.
      const next = await new Promise<IteratorResult<LogEvent> | undefined>((resolve, reject) => {
        wake = () => resolve(undefined)
        iterator.next().then(resolve, reject)
      })
      if (next === undefined || next.done === true) return
      yield next.value
    }
  } finally {
    // Not waited for: what the source waits for may never come.
    void iterator.return?.()
  }
}

/** Joins texts for one stream that come without a pause between them. */
class Batch implements Disposable {
  readonly #write: (output: TextOutput, text: string) => void
  #output: TextOutput | undefined
  #texts: string[] = []
  #length = 0
  #timer: NodeJS.Immediate | undefined

  constructor(write: (output: TextOutput, text: string) => void) {
    this.#write = write
  }

  add(output: TextOutput, text: string): void {
    if (this.#output !== output) this.flush()
    this.#output = output
    this.#texts.push(text)
    this.#length += text.length
    if (this.#length >= MOST_WAITING) this.flush()
    else this.#timer ??= setImmediate(() => this.flush())
  }

  flush(): void {
    clearImmediate(this.#timer)
    this.#timer = undefined
    const text = this.#texts.join('')
    this.#texts = []
    this.#length = 0
    if (text !== '' && this.#output !== undefined) this.#write(this.#output, text)
  }

  [Symbol.dispose](): void {
    this.flush()
  }
}
