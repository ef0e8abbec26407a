import { suggestOneOf } from '../../base/did-you-mean.ts'
import type { Word } from '../../model/dockerfile.ts'
import type { InstructionInput } from './instruction-input.ts'
import type { FlagText } from './split-instruction.ts'

/** `repeated` flags may be there more than once. */
export type FlagKind = 'text' | 'repeated' | 'boolean'

/** A flag with its value. */
export interface FlagValue extends Word {
  /** Where each character of `text` is in the logical line. */
  readonly offsets: readonly number[]
}

/** The flags of an instruction. */
export interface Flags {
  /** Returns the value of a flag; undefined if it is not there or empty. */
  text(name: string): Word | undefined
  /** Returns the values of a flag that may be repeated. */
  all(name: string): readonly FlagValue[]
  /** Returns whether a flag is on; undefined if it is not there. */
  isOn(name: string): boolean | undefined
}

/** Reads the flags of an instruction, and reports those that it does not have. */
export function readFlags(input: InstructionInput, kinds: Readonly<Record<string, FlagKind>>): Flags {
  const values = new Map<string, FlagValue[]>()
  for (const flag of input.flags) {
    const read = readFlag(input, flag, kinds)
    if (read === undefined) continue
    const earlier = values.get(read.name)
    if (earlier === undefined) values.set(read.name, [read.value])
    else if (kinds[read.name] === 'repeated') earlier.push(read.value)
    else input.error(flag, `Cannot read ${input.name}: flag "--${read.name}" is there twice`)
  }
  const first = (name: string): FlagValue | undefined => values.get(name)?.[0]
  return {
    text: name => {
      const value = first(name)
      return value === undefined || value.text === '' ? undefined : { text: value.text, span: value.span }
    },
    all: name => values.get(name) ?? [],
    isOn: name => {
      const value = first(name)
      return value === undefined ? undefined : value.text.toLowerCase() !== 'false'
    },
  }
}

/** Warns of flags that BuildKit reads over. */
export function ignoreFlags(input: InstructionInput): void {
  for (const flag of input.flags) {
    input.warn(flag, `Flag "${flag.text}" has no effect: ${input.name} has no flags`)
  }
}

interface ReadFlag {
  readonly name: string
  readonly value: FlagValue
}

function readFlag(
  input: InstructionInput,
  flag: FlagText,
  kinds: Readonly<Record<string, FlagKind>>,
): ReadFlag | undefined {
  const equals = flag.text.indexOf('=')
  const name = flag.text.slice(2, equals === -1 ? undefined : equals)
  const kind = Object.hasOwn(kinds, name) ? kinds[name] : undefined
  if (kind === undefined) {
    const known = Object.keys(kinds)
    const state = known.length === 0 ? `${input.name} has no flags` : 'there is no such flag'
    const hint = suggestOneOf(
      `--${name}`,
      known.map(other => `--${other}`),
    )
    input.error(flag, `Cannot use flag "--${name}" of ${input.name}: ${state}`, { hint })
    return undefined
  }
  const value = readValue(input, flag, equals === -1 ? flag.text.length : equals + 1)
  const state =
    kind === 'boolean'
      ? booleanProblem(value.text, equals)
      : equals === -1
        ? `expected --${name}=VALUE`
        : undefined
  if (state === undefined) return { name, value }
  input.error(flag, `Cannot use flag "--${name}" of ${input.name}: ${state}`)
  return undefined
}

function booleanProblem(text: string, equals: number): string | undefined {
  if (equals === -1 || ['true', 'false'].includes(text.toLowerCase())) return undefined
  return `it is "${text}", expected "true" or "false"`
}

function readValue(input: InstructionInput, flag: FlagText, start: number): FlagValue {
  const offsets = flag.offsets.slice(start)
  const range = { start: offsets[0] ?? flag.end, end: flag.end }
  return { text: flag.text.slice(start), offsets, span: input.line.span(range) }
}
