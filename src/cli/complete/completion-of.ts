import type { Argument, Command, Option } from 'commander'
import type { GlobalValues } from '../options/global-options.ts'

/** What may stand at a place of a command line. */
export type Completion =
  | { readonly kind: 'words'; readonly candidates: readonly Candidate[] }
  /** Services of the project that `globals` mean, but for those that are named already. */
  | { readonly kind: 'services'; readonly globals: GlobalValues; readonly taken: readonly string[] }
  | { readonly kind: 'profiles'; readonly globals: GlobalValues }
  | { readonly kind: 'files' | 'folders' | 'nothing' }

/** A word, and what it means. */
export interface Candidate {
  readonly word: string
  readonly description: string
}

/**
 * Returns what may complete `current`, the word behind `before`, which are those of a command line without the program.
 * `program` has the commands that `before` names, or all.
 */
export function completionOf(program: Command, before: readonly string[], current: string): Completion {
  const walk = new Walk(program)
  for (const word of before) walk.take(word)
  return walk.completion(current)
}

/** Follows a command line word by word. */
class Walk {
  #command: Command
  readonly #program: Command
  /** The option whose value comes next. */
  #pending: Option | undefined
  readonly #operands: string[] = []
  #optionsEnded = false
  readonly #values = new Map<string, unknown>()

  constructor(program: Command) {
    this.#program = program
    this.#command = program
  }

  take(word: string): void {
    if (this.#pending !== undefined) {
      this.#keep(this.#pending, word)
      this.#pending = undefined
    } else if (this.#optionsEnded || !word.startsWith('-') || word === '-') this.#takeOperand(word)
    else if (word === '--') this.#optionsEnded = true
    else this.#takeOption(word)
  }

  #takeOption(word: string): void {
    const [flag = word, value] = word.split(/=(.*)/s)
    const option = this.#option(flag)
    if (option === undefined || !(option.required || option.optional)) return
    if (value !== undefined) this.#keep(option, value)
    else if (option.required) this.#pending = option
  }

  #takeOperand(word: string): void {
    const next = this.#command.commands.find(known => known.name() === word || known.aliases().includes(word))
    if (next === undefined) this.#operands.push(word)
    else this.#command = next
    // What follows the service of `exec` and `run` belongs to a program.
    if (this.#passesOn()) this.#optionsEnded = true
  }

  #passesOn(): boolean {
    const [first, second] = this.#command.registeredArguments
    return this.#operands.length > 0 && first?.variadic === false && second?.variadic === true
  }

  #keep(option: Option, value: string): void {
    const name = option.attributeName()
    const earlier = this.#values.get(name)
    const isList = LISTS.has(option.long ?? '')
    this.#values.set(name, isList ? [...(Array.isArray(earlier) ? earlier : []), value] : value)
  }

  #option(flag: string): Option | undefined {
    return [...this.#command.options, ...this.#program.options].find(
      ({ long, short }) => long === flag || short === flag,
    )
  }

  completion(current: string): Completion {
    if (this.#pending !== undefined) return this.#valueOf(this.#pending)
    const [flag, value] = current.split(/=(.*)/s)
    if (!this.#optionsEnded && value !== undefined && flag?.startsWith('--')) {
      const option = this.#option(flag)
      return option === undefined ? { kind: 'nothing' } : withPrefix(this.#valueOf(option), `${flag}=`)
    }
    if (!this.#optionsEnded && current.startsWith('-')) return { kind: 'words', candidates: this.#options() }
    if (this.#command.commands.length === 0) return this.#operand()
    return this.#operands.length > 0 ? { kind: 'nothing' } : { kind: 'words', candidates: this.#commands() }
  }

  #options(): readonly Candidate[] {
    const help = this.#command.createHelp()
    const own = help.visibleOptions(this.#command)
    const global = this.#command === this.#program ? [] : help.visibleOptions(this.#program)
    const words = new Map(
      [...global, ...own].flatMap(({ long, description }) =>
        long === undefined ? [] : [[long, description] as const],
      ),
    )
    return [...words].map(([word, description]) => ({ word, description }))
  }

  #commands(): readonly Candidate[] {
    const help = this.#command.createHelp()
    return help
      .visibleCommands(this.#command)
      .map(command => ({ word: command.name(), description: command.description() }))
  }

  #operand(): Completion {
    const known = this.#command.registeredArguments
    const argument = known[this.#operands.length] ?? (known.at(-1)?.variadic ? known.at(-1) : undefined)
    if (argument === undefined) return { kind: 'nothing' }
    return this.#ofArgument(argument)
  }

  #ofArgument(argument: Argument): Completion {
    if (argument.argChoices !== undefined) return choices(argument.argChoices)
    return argument.name().startsWith('service') ? this.#services() : { kind: 'files' }
  }

  #valueOf({ long, flags, argChoices }: Option): Completion {
    if (argChoices !== undefined) return choices(argChoices)
    if (long === '--profile') return { kind: 'profiles', globals: this.#globals() }
    if (FOLDERS.has(long ?? '')) return { kind: 'folders' }
    if (/<(?:path|file)>/.test(flags)) return { kind: 'files' }
    return flags.includes('<service>') ? this.#services() : { kind: 'nothing' }
  }

  #services(): Completion {
    return { kind: 'services', globals: this.#globals(), taken: this.#operands }
  }

  #globals(): GlobalValues {
    return Object.fromEntries(this.#values)
  }
}

/** The global options that name several. */
const LISTS: ReadonlySet<string> = new Set(['--file', '--profile', '--env-file'])
const FOLDERS: ReadonlySet<string> = new Set(['--project-directory', '--workdir'])

function choices(words: readonly string[]): Completion {
  return { kind: 'words', candidates: words.map(word => ({ word, description: '' })) }
}

/** A shell replaces the whole word, of which the value is only the end. */
function withPrefix(completion: Completion, prefix: string): Completion {
  if (completion.kind !== 'words') return completion
  return {
    kind: 'words',
    candidates: completion.candidates.map(({ word, description }) => ({
      word: `${prefix}${word}`,
      description,
    })),
  }
}
