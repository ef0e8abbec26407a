import { closeSync, fstatSync, openSync } from 'node:fs'
import { openWidePipe, type PipeEnds } from '../../../linux/pipe.ts'
import type { ExecStreams } from '../../engine.ts'
import { relayInput } from './relay-input.ts'
import { type OutputRelay, type OutputTarget, PIPE_BYTES, relayOutput } from './relay-output.ts'

/**
 * Pipes between a process in a container and streams of the caller. The process never has those themselves:
 * through /proc/self/fd it could open what they lead to for more than they allow, and what it leaves behind could use
 * them for ever.
 */
export interface StreamRelay extends Disposable {
  /** Standard input, output and error of the process. */
  readonly fds: readonly number[]
  /** Which of them are pipes made for it. */
  readonly pipes: readonly number[]
  /** Closes the ends of the process, once it has them, and starts to pass on what it writes and what is for it. */
  started(): void
  /** Resolves when what the process had written at its end has been passed on. */
  finish(): Promise<void>
}

/** 1:3, as stat(2) has it. */
const NULL_DEVICE = 0x103

export function openStreamRelay({ stdin, stdout, stderr }: ExecStreams): StreamRelay {
  const input = isNullDevice(stdin) ? undefined : openWidePipe(PIPE_BYTES)
  const outputs = openOutputs(stdout, stderr)
  const processEnds = new DisposableStack()
  const relays = new DisposableStack()
  const fds = [input?.readFd ?? openSync('/dev/null', 'r'), ...outputs.map(({ writeFd }) => writeFd)]
  for (const fd of new Set(fds)) processEnds.defer(() => closeSync(fd))
  const copies: OutputRelay[] = []
  const waiting = [...new Set(outputs)]
  let inputEnd = input?.writeFd
  return {
    fds,
    pipes: input === undefined ? [1, 2] : [0, 1, 2],
    started: () => {
      processEnds.dispose()
      for (const { readFd, target } of waiting.splice(0)) copies.push(relays.use(relayOutput(readFd, target)))
      if (inputEnd !== undefined) relays.use(relayInput(stdin, inputEnd))
      inputEnd = undefined
    },
    finish: async () => {
      await Promise.all(copies.map(copy => copy.finish()))
    },
    [Symbol.dispose]: () => {
      processEnds.dispose()
      relays.dispose()
      for (const { readFd } of waiting.splice(0)) closeSync(readFd)
      if (inputEnd !== undefined) closeSync(inputEnd)
      inputEnd = undefined
    },
  }
}

type OutputPipe = PipeEnds & { readonly target: OutputTarget }

/** Streams to the same target share one pipe, and keep their order. */
function openOutputs(stdout: Output, stderr: Output): readonly [OutputPipe, OutputPipe] {
  const first = { ...openWidePipe(PIPE_BYTES), target: { output: stdout, name: 'standard output' } }
  if (isSamePlace(stdout, stderr)) return [first, first]
  return [first, { ...openWidePipe(PIPE_BYTES), target: { output: stderr, name: 'standard error' } }]
}

type Output = ExecStreams['stdout']

function isSamePlace(one: Output, other: Output): boolean {
  if (typeof one !== 'number' || typeof other !== 'number') return one === other
  const [first, second] = [fstatSync(one), fstatSync(other)]
  return first.dev === second.dev && first.ino === second.ino
}

function isNullDevice(descriptor: ExecStreams['stdin']): boolean {
  if (typeof descriptor !== 'number') return false
  const status = fstatSync(descriptor)
  return status.isCharacterDevice() && status.rdev === NULL_DEVICE
}
