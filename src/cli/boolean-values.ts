import type { Command, Option } from 'commander'

/** The spellings of Go's `strconv.ParseBool`, which docker compose's flags take. */
const TRUE: ReadonlySet<string> = new Set(['1', 't', 'T', 'true', 'TRUE', 'True'])
const FALSE: ReadonlySet<string> = new Set(['0', 'f', 'F', 'false', 'FALSE', 'False'])

/**
 * Returns `argv` with flags such as `--detach=true` and `--deps=false` in the form that the argument parser knows:
 * `--detach` and `--no-deps`, or nothing for one that is off anyway, and `-f=a.yaml` as two words. What a command passes on,
 * as `exec` does, stays.
 */
export function withPlainBooleans(program: Command, argv: readonly string[]): readonly string[] {
  const plain: string[] = []
  let command = program
  for (let at = 0; at < argv.length; at++) {
    const word = argv[at] ?? ''
    const isOperand = !word.startsWith('-') || word === '-'
    if (word === '--' || (isOperand && passesOn(command))) return [...plain, ...argv.slice(at)]
    plain.push(...plainWords(command, program, word))
    const option = optionOf(command, program, word)
    if (isOperand) command = command.commands.find(known => isNamed(known, word)) ?? command
    else if (option?.required && !word.includes('=') && at + 1 < argv.length) plain.push(argv[++at] ?? '')
  }
  return plain
}

function plainWords(command: Command, program: Command, word: string): readonly string[] {
  const [, flag, text = ''] = /^(--?[a-zA-Z][a-z-]*)=(.*)$/s.exec(word) ?? []
  if (flag?.length === 2 && takesValue(optionOf(command, program, flag))) return [flag, text]
  if (flag === undefined || !(TRUE.has(text) || FALSE.has(text))) return [word]
  const option = optionOf(command, program, flag)
  const name = option?.long ?? flag
  const opposite = name.startsWith('--no-') ? `--${name.slice(5)}` : `--no-${name.slice(2)}`
  const other = optionOf(command, program, opposite)
  if (option?.required || option?.optional || (option === undefined && other === undefined)) return [word]
  if (TRUE.has(text)) return option === undefined ? [] : [flag]
  return other === undefined ? [] : [opposite]
}

/** Go's flags may have an equals sign before their value in the short form too: `-f=compose.yaml`. */
function takesValue(option: Option | undefined): boolean {
  return option !== undefined && (option.required || option.optional)
}

function optionOf(command: Command, program: Command, word: string): Option | undefined {
  const [flag = word] = word.split('=', 1)
  return [...command.options, ...program.options].find(({ long, short }) => flag === long || flag === short)
}

function isNamed(command: Command, word: string): boolean {
  return command.name() === word || command.aliases().includes(word)
}

/** `exec` and `run` hand everything from the service on to a program. */
function passesOn(command: Command): boolean {
  return command.name() === 'exec' || command.name() === 'run'
}
