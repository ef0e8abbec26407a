import { readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import type { App } from '../../src/app/app.ts'
import type { CliPorts, Interrupts, TextOutput } from '../../src/cli/cli-ports.ts'
import { fakeImageStore } from './fake-image-store.ts'

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

/** An application whose methods reject, except those given. */
export function fakeApp(methods: Partial<App>): App {
  const refuse = (): Promise<never> =>
    Promise.reject(new Error('Cannot call this method: the test defines none'))
  return {
    loadProject: refuse,
    up: refuse,
    down: refuse,
    pull: refuse,
    push: refuse,
    start: refuse,
    stop: refuse,
    restart: refuse,
    plan: refuse,
    containers: refuse,
    logs: refuse,
    exec: refuse,
    kill: refuse,
    remove: refuse,
    processes: refuse,
    images: fakeImageStore(),
    exportImages: refuse,
    projects: refuse,
    explainValues: refuse,
    explainVariable: refuse,
    config: refuse,
    doctor: refuse,
    login: refuse,
    logout: refuse,
    ...methods,
  }
}

/** Returns ports that record; the time is fixed at 2026-11-23T12:00:00Z, and no timer fires. */
export function recordedPorts(
  argv: readonly string[],
  app: Partial<App> = {},
  changes: Partial<CliPorts> = {},
): RecordedPorts {
  return {
    loadApp: async () => fakeApp(app),
    readSource: () => undefined,
    readPackageFile: path => readFileSync(resolve(import.meta.dirname, '../..', path), 'utf8'),
    isInputTerminal: false,
    ask: async () => '',
    askSecret: async () => '',
    readInput: async () => '',
    environment: new Map(),
    callerUmask: 0o022,
    version: '1.2.3',
    argv,
    now: () => Date.parse('2026-11-23T12:00:00Z'),
    every: () => () => {},
    interrupts: interruptsOf(new AbortController().signal),
    ...changes,
    stdout: recordedOutput(),
    stderr: recordedOutput(),
  }
}

/** Returns interrupts of which `first` is the first. */
export function interruptsOf(
  first: AbortSignal,
  second: AbortSignal = new AbortController().signal,
): Interrupts {
  return { first, second, exitCode: 130, interruptibly: work => work(), hold: () => {} }
}
