import { formatGoDuration, parseGoDuration } from '../../base/go-duration.ts'
import type { JsonObject } from '../../base/json-reader.ts'
import type { CommandText, HealthcheckInstruction, Word } from '../../model/dockerfile.ts'
import { InstructionError } from './instruction-error.ts'
import { type StageState, withSettings } from './stage-state.ts'

/** HEALTHCHECK: nothing of an earlier one stays. @throws {InstructionError} If a flag has no such value. */
export function planHealthcheck(state: StageState, instruction: HealthcheckInstruction): StageState {
  const check = {
    test: testOf(instruction.command),
    interval: duration('interval', instruction.interval),
    timeout: duration('timeout', instruction.timeout),
    startPeriod: duration('start-period', instruction.startPeriod),
    startInterval: duration('start-interval', instruction.startInterval),
    retries: retriesOf(instruction.retries),
  }
  return withSettings(state, { healthcheck: jsonOf(check) }, `HEALTHCHECK ${textOf(check)}`)
}

/** Durations are nanoseconds; 0 leaves the choice to others. */
interface Check {
  readonly test: readonly string[]
  readonly interval: number
  readonly timeout: number
  readonly startPeriod: number
  readonly startInterval: number
  readonly retries: number
}

function testOf(command: CommandText | 'none'): readonly string[] {
  if (command === 'none') return ['NONE']
  return command.form === 'exec' ? ['CMD', ...command.argv] : ['CMD-SHELL', command.command]
}

const MILLISECOND = 1_000_000

function duration(flag: string, word: Word | undefined): number {
  if (word === undefined || word.text === '') return 0
  const nanoseconds = parseGoDuration(word.text)
  if (nanoseconds === undefined || nanoseconds === Number.POSITIVE_INFINITY) {
    throw badFlag(flag, word, 'it is no duration, expected a number and a unit, e.g. 30s')
  }
  if (nanoseconds !== 0 && nanoseconds < MILLISECOND) throw badFlag(flag, word, 'it is less than 1ms')
  return nanoseconds
}

function retriesOf(word: Word | undefined): number {
  if (word === undefined || word.text === '') return 0
  const retries = /^\+?\d{1,10}$/.test(word.text) ? Number(word.text) : -1
  if (retries < 0 || retries > 2 ** 31 - 1) throw badFlag('retries', word, 'it is no count')
  return retries
}

function badFlag(flag: string, { text, span }: Word, state: string): InstructionError {
  return new InstructionError(`Cannot use --${flag}=${text}: ${state}`, { span })
}

function jsonOf(check: Check): JsonObject {
  return {
    Test: check.test,
    ...(check.interval !== 0 && { Interval: check.interval }),
    ...(check.timeout !== 0 && { Timeout: check.timeout }),
    ...(check.startPeriod !== 0 && { StartPeriod: check.startPeriod }),
    ...(check.startInterval !== 0 && { StartInterval: check.startInterval }),
    ...(check.retries !== 0 && { Retries: check.retries }),
  }
}

function textOf(check: Check): string {
  const durations = [
    `Interval:${formatGoDuration(check.interval)}`,
    `Timeout:${formatGoDuration(check.timeout)}`,
    `StartPeriod:${formatGoDuration(check.startPeriod)}`,
    `StartInterval:${formatGoDuration(check.startInterval)}`,
  ]
  return `{Test:[${check.test.join(' ')}] ${durations.join(' ')} Retries:${check.retries}}`
}
