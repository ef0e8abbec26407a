import { didYouMean } from '../../base/did-you-mean.ts'
import type { FromInstruction, Instruction, Word } from '../../model/dockerfile.ts'
import type { InstructionInput } from './instruction-input.ts'
import { readArg } from './instructions/read-arg.ts'
import { readAdd, readCopy } from './instructions/read-copy.ts'
import { readFrom } from './instructions/read-from.ts'
import { readHealthcheck } from './instructions/read-healthcheck.ts'
import { readOnbuild } from './instructions/read-onbuild.ts'
import { readEnv, readLabel } from './instructions/read-pairs.ts'
import { readCmd, readEntrypoint, readShell } from './instructions/read-process.ts'
import { readRun } from './instructions/read-run.ts'
import { readMaintainer, readStopsignal, readUser, readWorkdir } from './instructions/read-single-word.ts'
import { readExpose, readVolume } from './instructions/read-word-lists.ts'

/** Returns undefined if it is too wrong to be an instruction, which is reported. */
type ReadInstruction = (input: InstructionInput) => Instruction | undefined

/** What reads each instruction but FROM, by its keyword. */
const INSTRUCTION_READERS: ReadonlyMap<string, ReadInstruction> = new Map<string, ReadInstruction>([
  ['ADD', readAdd],
  ['ARG', readArg],
  ['CMD', readCmd],
  ['COPY', readCopy],
  ['ENTRYPOINT', readEntrypoint],
  ['ENV', readEnv],
  ['EXPOSE', readExpose],
  ['HEALTHCHECK', readHealthcheck],
  ['LABEL', readLabel],
  ['MAINTAINER', readMaintainer],
  ['ONBUILD', readOnbuild],
  ['RUN', readRun],
  ['SHELL', readShell],
  ['STOPSIGNAL', readStopsignal],
  ['USER', readUser],
  ['VOLUME', readVolume],
  ['WORKDIR', readWorkdir],
])

/** The keywords of all instructions. */
const KEYWORDS: readonly string[] = ['FROM', ...INSTRUCTION_READERS.keys()]

/** An instruction as it was read. */
export interface ReadResult {
  readonly instruction: FromInstruction | Instruction
  /** The `AS` of FROM. */
  readonly as: Word | undefined
}

/** Reads any instruction. Reports a keyword that is unknown. */
export function readInstruction(input: InstructionInput): ReadResult | undefined {
  if (input.name === 'FROM') return readFrom(input)
  const read = INSTRUCTION_READERS.get(input.name)
  if (read === undefined) {
    reportUnknown(input)
    return undefined
  }
  const instruction = read(input)
  return instruction === undefined ? undefined : { instruction, as: undefined }
}

function reportUnknown(input: InstructionInput): void {
  const { text } = input.line.word(input.keyword)
  const message = text === '' ? 'Cannot read instruction: it is empty' : `Unknown instruction "${text}"`
  input.error(input.keyword, message, { hint: didYouMean(input.name, KEYWORDS) })
}
