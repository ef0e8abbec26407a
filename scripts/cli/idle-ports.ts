import type { CliPorts, TextOutput } from '../../src/cli/cli-ports.ts'

const nowhere: TextOutput = { write: () => {}, isTerminal: false, columns: 80, rows: 24 }

/** Ports of a command line that is described and not run. */
export const idlePorts: CliPorts = {
  call: () => unused(),
  readSource: () => undefined,
  readPackageFile: () => unused(),
  stdout: nowhere,
  stderr: nowhere,
  isInputTerminal: false,
  streams: { stdin: 0, stdout: 1, stderr: 2 },
  ask: () => unused(),
  askSecret: () => unused(),
  openTerminal: () => unused(),
  readInput: () => unused(),
  environment: new Map(),
  callerUmask: 0o022,
  version: '0.0.0',
  programPath: '',
  argv: [],
  now: () => 0,
  every: () => () => {},
  interrupts: {
    first: new AbortController().signal,
    second: new AbortController().signal,
    exitCode: 130,
    interruptibly: work => work(),
    forward: () => ({ [Symbol.dispose]: () => {} }),
    hold: () => {},
  },
  warm: {
    describe: () => unused(),
    start: () => unused(),
    startIfWanted: () => unused(),
    end: () => unused(),
    serve: () => unused(),
  },
}

function unused(): never {
  throw new Error('Cannot run a command that is only described')
}
