import { suggestOneOf } from '../../../base/did-you-mean.ts'
import type { RunInstruction, Word } from '../../../model/dockerfile.ts'
import { RUN_NETWORKS, RUN_SECURITIES } from '../../../model/dockerfile-names.ts'
import { readHeredocWord } from '../heredoc-word.ts'
import type { InstructionInput } from '../instruction-input.ts'
import { type Flags, readFlags } from '../read-flags.ts'
import { readMount } from './read-mount.ts'
import { readCommand } from './read-process.ts'

/** Reads `RUN [flags] COMMAND`. */
export function readRun(input: InstructionInput): RunInstruction | undefined {
  const flags = readFlags(input, { mount: 'repeated', network: 'text', security: 'text' })
  const mounts = flags.all('mount').map(value => readMount(input, value))
  const network = choiceOf(input, flags, { name: 'network', choices: RUN_NETWORKS })
  const security = choiceOf(input, flags, { name: 'security', choices: RUN_SECURITIES })
  const command = readCommand(input, input.body)
  if (command === undefined) return undefined
  return {
    kind: 'run',
    ...input.source,
    command,
    heredocs: input.heredocs.map(({ word: _, ...heredoc }) => heredoc),
    isScript: input.heredocs.length > 0 && readHeredocWord(input.bodyText) !== undefined,
    mounts: mounts.filter(mount => mount !== undefined),
    network,
    security,
  }
}

interface Choice {
  readonly name: string
  readonly choices: readonly string[]
}

function choiceOf(input: InstructionInput, flags: Flags, { name, choices }: Choice): Word | undefined {
  const [value] = flags.all(name)
  if (value === undefined) return undefined
  const { text, span } = value
  if (!choices.includes(text)) {
    const hint = suggestOneOf(text, choices)
    input.error(value, `Cannot use flag "--${name}" of RUN: "${text}" is no value of it`, { hint })
  }
  return { text, span }
}
