import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import type { CliPorts, Interrupts, TextOutput, WarmProcess } from '../../src/cli/cli-ports.ts'
import { type FakeUseCases, fakeCall } from './fake-use-cases.ts'

/** A stream that keeps what is written to it. */
export interface RecordedOutput extends TextOutput {
  readonly text: string
}

/** Returns a stream of 80 by 24 characters. */
export function recordedOutput(changes: Partial<Omit<TextOutput, 'write'>> = {}): RecordedOutput {
  let text = ''
  return {
    isTerminal: false,
    columns: 80,
    rows: 24,
    ...changes,
    write: more => {
      text += more
    },
    get text() {
      return text
    },
  }
}

export interface RecordedPorts extends CliPorts {
  readonly stdout: RecordedOutput
  readonly stderr: RecordedOutput
}

/** Returns ports that record; the time is fixed at 2026-11-23T12:00:00Z, and no timer fires. */
export function recordedPorts(
  argv: readonly string[],
  useCases: FakeUseCases = {},
  changes: Partial<CliPorts> = {},
): RecordedPorts {
  return {
    call: fakeCall(useCases),
    readSource: () => undefined,
    readPackageFile: path => readFileSync(resolve(import.meta.dirname, '../..', path), 'utf8'),
    isInputTerminal: false,
    streams: { stdin: 0, stdout: 1, stderr: 2 },
    openTerminal: () => ({ input: process.stdin, output: process.stdout }),
    ask: async () => '',
    askSecret: async () => '',
    readInput: async () => '',
    environment: new Map(),
    callerUmask: 0o022,
    version: '1.2.3',
    programPath: '/opt/tcompose/bin/tcompose',
    argv,
    now: () => Date.parse('2026-11-23T12:00:00Z'),
    every: () => () => {},
    interrupts: interruptsOf(new AbortController().signal),
    warm: NO_WARM_PROCESS,
    ...changes,
    stdout: recordedOutput(),
    stderr: recordedOutput(),
  }
}

/** There is none, and none can be started. */
const NO_WARM_PROCESS: WarmProcess = {
  describe: async () => undefined,
  start: async () => {
    throw new Error('No process can be started in this test')
  },
  startIfWanted: async () => undefined,
  end: async () => undefined,
  serve: async () => undefined,
}

/** Returns interrupts of which `first` is the first. */
export function interruptsOf(
  first: AbortSignal,
  second: AbortSignal = new AbortController().signal,
): Interrupts {
  const forward = () => ({ [Symbol.dispose]: () => {} })
  return { first, second, exitCode: 130, interruptibly: work => work(), forward, hold: () => {} }
}
