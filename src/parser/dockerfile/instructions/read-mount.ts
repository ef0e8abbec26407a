import { didYouMean, suggestOneOf } from '../../../base/did-you-mean.ts'
import type { RunMountFlag, Word } from '../../../model/dockerfile.ts'
import type { InstructionInput } from '../instruction-input.ts'
import { type CsvField, readCsvFields } from '../read-csv-fields.ts'
import type { FlagValue } from '../read-flags.ts'
import { mountProblems, valueProblem } from './mount-rules.ts'

/**
 * Reads the value of `RUN --mount=`. Only CSV and a variable in `from` are errors of the file; all else is one of the
 * stage, since BuildKit looks at it when it comes to the instruction.
 */
export function readMount(input: InstructionInput, value: FlagValue): RunMountFlag | undefined {
  const fields = readCsvFields(value.text)
  if (fields === undefined) {
    const state = value.text === '' ? 'it is empty' : 'its quotes are not those of CSV'
    input.error(value, `Cannot read flag "--mount" of RUN: ${state}`, {
      hint: 'write --mount=type=TYPE,target=PATH',
    })
    return undefined
  }
  const reader = new MountReader(input, value)
  for (const field of fields) reader.add(field)
  return reader.finish()
}

type MountType = RunMountFlag['type']

const TYPES: readonly MountType[] = ['bind', 'cache', 'tmpfs', 'secret', 'ssh']

/** Every key with its full name. */
const KEYS: ReadonlyMap<string, string> = new Map([
  ['type', 'type'],
  ['from', 'from'],
  ['source', 'source'],
  ['src', 'source'],
  ['target', 'target'],
  ['dst', 'target'],
  ['destination', 'target'],
  ['readonly', 'readonly'],
  ['ro', 'readonly'],
  ['readwrite', 'readwrite'],
  ['rw', 'readwrite'],
  ['required', 'required'],
  ['size', 'size'],
  ['id', 'id'],
  ['sharing', 'sharing'],
  ['mode', 'mode'],
  ['uid', 'uid'],
  ['gid', 'gid'],
  ['env', 'env'],
])
const WITHOUT_VALUE: ReadonlySet<string> = new Set(['readonly', 'readwrite', 'required'])

class MountReader {
  readonly #input: InstructionInput
  readonly #value: FlagValue
  readonly #options = new Map<string, Word>()
  #type: MountType | undefined = 'bind'

  constructor(input: InstructionInput, value: FlagValue) {
    this.#input = input
    this.#value = value
  }

  add(field: CsvField): void {
    const equals = field.text.indexOf('=')
    const key = field.text.slice(0, equals === -1 ? undefined : equals).toLowerCase()
    const name = KEYS.get(key)
    const word = this.#wordOf(field, equals)
    if (name === undefined) this.#refuseKey(field, key)
    else if (equals === -1 && !WITHOUT_VALUE.has(name)) {
      this.#problem(word, `"${field.text}" has no value, expected ${key}=VALUE`)
    } else if (name === 'type') this.#readType(word)
    else this.#set(name, key, equals === -1 ? { text: 'true', span: word.span } : word)
  }

  finish(): RunMountFlag | undefined {
    if (this.#type === undefined) return undefined
    const mount = { type: this.#type, options: this.#options, span: this.#value.span }
    for (const { word, state } of mountProblems(mount)) this.#problem(word ?? this.#value, state)
    return mount
  }

  #set(name: string, key: string, word: Word): void {
    if (name === 'from' && /\$./.test(word.text)) {
      this.#input.error(word, `Cannot read flag "--mount" of RUN: "from" has a variable, and it takes none`, {
        hint: 'name a stage with FROM and use that name',
      })
    }
    const problem = this.#type === undefined ? undefined : valueProblem(this.#type, name, word.text)
    if (problem !== undefined) this.#problem(word, problem.replace('KEY', key))
    if (name === 'readonly') this.#options.delete('readwrite')
    if (name === 'readwrite') this.#options.delete('readonly')
    this.#options.set(name, word)
  }

  #readType(word: Word): void {
    const text = word.text.toLowerCase()
    this.#type = TYPES.find(type => type === text)
    if (this.#type !== undefined) return
    this.#problem(word, `"${word.text}" is no type of mount`, suggestOneOf(text, TYPES))
  }

  #refuseKey(field: CsvField, key: string): void {
    const start = this.#offsetAt(field.start)
    const place = { start, end: Math.max(start + 1, this.#offsetAt(field.start + key.length - 1) + 1) }
    const state = key === '' ? 'a key is missing' : `"${key}" is no key of it`
    const message = `Cannot read flag "--mount" of RUN: ${state}`
    this.#input.problem(place, message, { hint: didYouMean(key, KEYS.keys()) })
  }

  #problem(word: Word, state: string, hint?: string): void {
    this.#input.problem(word, `Cannot read flag "--mount" of RUN: ${state}`, { hint })
  }

  #wordOf(field: CsvField, equals: number): Word {
    const isQuoted = field.end - field.start !== field.text.length
    const start = this.#offsetAt(field.start + (isQuoted ? 0 : equals + 1))
    const end = this.#offsetAt(field.end - 1) + 1
    return {
      text: field.text.slice(equals + 1),
      span: this.#input.line.span({ start, end: Math.max(start, end) }),
    }
  }

  /** Returns where the character at `index` of the flag's value is in the logical line. */
  #offsetAt(index: number): number {
    const { offsets } = this.#value
    return offsets[index] ?? (offsets.at(-1) ?? 0) + 1
  }
}
