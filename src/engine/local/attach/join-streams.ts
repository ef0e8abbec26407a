import { closeSync } from 'node:fs'
import type { AttachedStreams } from '../../../runtime/keeper/attach-streams.ts'
import type { ExecStreams, Terminal } from '../../engine.ts'
import { DetachFilter } from './detach-filter.ts'
import { relayInput, typeInput } from './relay-input.ts'
import { type OutputRelay, relayOutput } from './relay-output.ts'
import { followSize, rawMode, type TerminalSize } from './run-on-terminal.ts'
import { TerminalInput } from './terminal-input.ts'

/** Whom the streams of a container that runs are joined to. */
export interface StreamJoining {
  readonly streams: ExecStreams
  /** Takes the place of `streams` for a container with a terminal. Undefined where the caller has none. */
  readonly terminal: Terminal | undefined
  /** Whether what is typed, or comes from standard input, goes to the container. */
  readonly hasInput: boolean
  /** The bytes of the keys that leave a terminal. */
  readonly detachKeys: readonly number[]
  /** Called when they were typed. */
  readonly onDetach: () => void
  /** Hears the size that its terminal gets. */
  readonly onSize: (size: TerminalSize) => void
}

/** The streams of a container and those of the caller. Disposal leaves the container as it is. */
export interface JoinedStreams extends Disposable {
  /** Resolves when what the container had written at its end has been passed on. */
  finish(): Promise<void>
}

/** Joins streams that it owns to those of the caller. */
export function joinStreams(
  { outputs, input, isTerminal }: AttachedStreams,
  joining: StreamJoining,
): JoinedStreams {
  const stack = new DisposableStack()
  const terminal = isTerminal ? joining.terminal : undefined
  const targets =
    terminal === undefined ? [joining.streams.stdout, joining.streams.stderr] : [terminal.output]
  const names = ['standard output', 'standard error']
  const copies: readonly OutputRelay[] = outputs.map((output, index) =>
    stack.use(
      relayOutput(output, {
        output: targets[index] ?? joining.streams.stdout,
        name: names[index] ?? 'output',
      }),
    ),
  )
  if (input !== undefined) {
    if (!joining.hasInput) closeSync(input)
    else if (terminal !== undefined) stack.use(typeInto(input, terminal, joining))
    else stack.use((isTerminal ? typeInput : relayInput)(joining.streams.stdin, input))
  }
  return {
    finish: async () => {
      await Promise.all(copies.map(copy => copy.finish()))
    },
    [Symbol.dispose]: () => stack.dispose(),
  }
}

/** The master of a terminal is only written to: what it shows comes another way. */
function typeInto(
  master: number,
  terminal: Terminal,
  { detachKeys, onDetach, onSize }: StreamJoining,
): Disposable {
  const stack = new DisposableStack()
  const target = stack.use(new TerminalInput(master))
  stack.use(rawMode(terminal))
  stack.use(followSize(terminal, master, onSize))
  const filter = new DetachFilter(detachKeys)
  const type = (chunk: Buffer): void => {
    const { passed, isDetached } = filter.push(chunk)
    if (passed.length > 0) target.type(passed)
    if (isDetached) onDetach()
  }
  terminal.input.on('data', type).resume()
  stack.defer(() => void terminal.input.off('data', type).pause())
  return stack
}
