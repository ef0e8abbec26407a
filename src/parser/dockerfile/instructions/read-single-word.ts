import { didYouMean } from '../../../base/did-you-mean.ts'
import type {
  MaintainerInstruction,
  StopsignalInstruction,
  UserInstruction,
  Word,
  WorkdirInstruction,
} from '../../../model/dockerfile.ts'
import { isStopSignal, SIGNAL_NAMES } from '../../../model/signal.ts'
import type { InstructionInput } from '../instruction-input.ts'
import { ignoreFlags, readFlags } from '../read-flags.ts'

/** Reads MAINTAINER. */
export function readMaintainer(input: InstructionInput): MaintainerInstruction | undefined {
  readFlags(input, {})
  const name = readRest(input, 'name')
  return name === undefined ? undefined : { kind: 'maintainer', ...input.source, name }
}

/** Reads USER. */
export function readUser(input: InstructionInput): UserInstruction | undefined {
  readFlags(input, {})
  const user = readRest(input, 'user')
  return user === undefined ? undefined : { kind: 'user', ...input.source, user }
}

/** Reads WORKDIR. */
export function readWorkdir(input: InstructionInput): WorkdirInstruction | undefined {
  readFlags(input, {})
  const path = readRest(input, 'path')
  return path === undefined ? undefined : { kind: 'workdir', ...input.source, path }
}

/** Reads STOPSIGNAL. */
export function readStopsignal(input: InstructionInput): StopsignalInstruction | undefined {
  ignoreFlags(input)
  const signal = readRest(input, 'signal')
  if (signal === undefined) return undefined
  if (!/[$"'\\`]/.test(signal.text) && !isStopSignal(signal.text)) {
    const hint = didYouMean(signal.text.toUpperCase(), SIGNAL_NAMES)
    input.problem(signal, `Cannot use signal "${signal.text}": it does not exist`, { hint })
  }
  return { kind: 'stopsignal', ...input.source, signal }
}

/** All that follows is one word, blanks included. */
function readRest(input: InstructionInput, what: string): Word | undefined {
  if (!input.isEmpty) return input.line.word(input.body)
  input.error(input.keyword, `Cannot read ${input.name}: the ${what} is missing`)
  return undefined
}
