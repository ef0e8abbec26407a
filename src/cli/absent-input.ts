import type { CliPorts } from './cli-ports.ts'

/** The ports of a command that is run only because it asks its user nothing. */
export const absent: Pick<CliPorts, 'openTerminal' | 'ask' | 'askSecret' | 'readInput'> = {
  openTerminal: unexpected,
  ask: unexpected,
  askSecret: unexpected,
  readInput: unexpected,
}

function unexpected(): never {
  throw new Error('This command reads its input, and was taken for one that does not')
}
