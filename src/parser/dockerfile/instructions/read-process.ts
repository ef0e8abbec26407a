import type { CommandText, ProcessInstruction, ShellInstruction } from '../../../model/dockerfile.ts'
import type { InstructionInput } from '../instruction-input.ts'
import type { Range } from '../logical-line.ts'
import { readFlags } from '../read-flags.ts'
import { readJsonWords } from '../read-json-words.ts'
import { reportNotString } from '../read-word-list.ts'

/** Reads CMD. */
export function readCmd(input: InstructionInput): ProcessInstruction | undefined {
  return readProcess(input, 'cmd')
}

/** Reads ENTRYPOINT. */
export function readEntrypoint(input: InstructionInput): ProcessInstruction | undefined {
  return readProcess(input, 'entrypoint')
}

function readProcess(
  input: InstructionInput,
  kind: ProcessInstruction['kind'],
): ProcessInstruction | undefined {
  readFlags(input, {})
  const command = readCommand(input, input.body)
  return command === undefined ? undefined : { kind, ...input.source, command }
}

/** Reads `SHELL ["PROGRAM", ...]`. */
export function readShell(input: InstructionInput): ShellInstruction | undefined {
  readFlags(input, {})
  const command = readCommand(input, input.body)
  if (command === undefined) return undefined
  if (command.form === 'exec' && command.argv.length > 0)
    return { kind: 'shell', ...input.source, argv: command.argv }
  const place = input.isEmpty ? input.keyword : input.body
  const state =
    command.form === 'exec' || command.command === ''
      ? 'the program is missing'
      : 'it is no JSON array of strings'
  input.error(place, `Cannot read SHELL: ${state}`, { hint: 'write SHELL ["/bin/sh", "-c"]' })
  return undefined
}

/** Reads a JSON array of strings as a program with arguments, and all else as text for a shell. */
export function readCommand(input: InstructionInput, range: Range): CommandText | undefined {
  const json = readJsonWords(input.line, range)
  switch (json.kind) {
    case 'words':
      return { form: 'exec', argv: json.words.map(({ text }) => text) }
    case 'not-strings':
      reportNotString(input, json.place)
      return undefined
    case 'not-json':
      return { form: 'shell', command: input.line.text.slice(range.start, range.end) }
  }
}
