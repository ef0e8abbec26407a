import { suggestOneOf } from '../../../base/did-you-mean.ts'
import { parseGoDuration } from '../../../base/go-duration.ts'
import type { CommandText, HealthcheckInstruction, Word } from '../../../model/dockerfile.ts'
import { isGoSpace, skipSpace } from '../go-space.ts'
import type { InstructionInput } from '../instruction-input.ts'
import type { Range } from '../logical-line.ts'
import { type Flags, readFlags } from '../read-flags.ts'
import { readCommand } from './read-process.ts'

/** Reads `HEALTHCHECK NONE` and `HEALTHCHECK [flags] CMD COMMAND`. */
export function readHealthcheck(input: InstructionInput): HealthcheckInstruction | undefined {
  const { type, rest } = splitType(input)
  const word = input.line.text.slice(type.start, type.end)
  switch (word.toUpperCase()) {
    case 'NONE':
      return readNone(input, rest)
    case 'CMD':
      return readTest(input, rest)
    case '':
      input.error(input.keyword, 'Cannot read HEALTHCHECK: CMD or NONE is missing')
      return undefined
    default: {
      const hint = suggestOneOf(word.toUpperCase(), ['CMD', 'NONE'])
      input.error(type, `Cannot read HEALTHCHECK: "${word}" is no kind of check`, { hint })
      return undefined
    }
  }
}

interface TypeAndRest {
  readonly type: Range
  readonly rest: Range
}

function splitType({ line: { text }, body }: InstructionInput): TypeAndRest {
  let end = body.start
  while (end < body.end && !isGoSpace(text.charCodeAt(end))) end++
  return { type: { start: body.start, end }, rest: { start: skipSpace(text, end, body.end), end: body.end } }
}

const NO_FLAGS = {
  interval: undefined,
  timeout: undefined,
  startPeriod: undefined,
  startInterval: undefined,
  retries: undefined,
}

function readNone(input: InstructionInput, rest: Range): HealthcheckInstruction | undefined {
  for (const flag of input.flags) {
    input.warn(flag, `Flag "${flag.text}" has no effect: HEALTHCHECK NONE has no flags`)
  }
  if (rest.start < rest.end) {
    input.error(rest, 'Cannot read HEALTHCHECK: nothing can follow NONE')
    return undefined
  }
  return { kind: 'healthcheck', ...input.source, command: 'none', ...NO_FLAGS }
}

function readTest(input: InstructionInput, rest: Range): HealthcheckInstruction | undefined {
  const flags = readFlags(input, {
    interval: 'text',
    timeout: 'text',
    'start-period': 'text',
    'start-interval': 'text',
    retries: 'text',
  })
  const command = readCommand(input, rest)
  if (command !== undefined && isNothing(command)) {
    input.error(input.body, 'Cannot read HEALTHCHECK: the command after CMD is missing')
  }
  const instruction = {
    interval: durationOf(input, flags, 'interval'),
    timeout: durationOf(input, flags, 'timeout'),
    startPeriod: durationOf(input, flags, 'start-period'),
    startInterval: durationOf(input, flags, 'start-interval'),
    retries: retriesOf(input, flags),
  }
  return command === undefined ? undefined : { kind: 'healthcheck', ...input.source, command, ...instruction }
}

function isNothing(command: CommandText): boolean {
  return command.form === 'exec' ? command.argv.length === 0 : command.command === ''
}

function durationOf(input: InstructionInput, flags: Flags, name: string): Word | undefined {
  const value = flags.text(name)
  const problem = value === undefined ? undefined : durationProblem(value.text)
  if (value !== undefined && problem !== undefined) {
    input.error(value, `Cannot use flag "--${name}" of HEALTHCHECK: it is "${value.text}", ${problem}`)
  }
  return value
}

const MILLISECOND = 1_000_000

function durationProblem(text: string): string | undefined {
  const nanoseconds = parseGoDuration(text)
  if (nanoseconds === undefined) return 'expected a duration such as "30s" or "1m30s"'
  if (nanoseconds === Number.POSITIVE_INFINITY) return 'which is too long'
  return nanoseconds !== 0 && nanoseconds < MILLISECOND ? 'expected at least "1ms"' : undefined
}

function retriesOf(input: InstructionInput, flags: Flags): Word | undefined {
  const value = flags.text('retries')
  if (value === undefined) return undefined
  const count = /^[+-]?\d+$/.test(value.text) ? Number(value.text) : Number.NaN
  if (count >= 0 && count < 2 ** 31) return value
  input.error(
    value,
    `Cannot use flag "--retries" of HEALTHCHECK: it is "${value.text}", expected a whole number`,
  )
  return value
}
