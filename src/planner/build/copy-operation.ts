import type { CopyInstruction, Word } from '../../model/dockerfile.ts'
import type { CopyOperation } from './build-graph.ts'
import { copySources, type WrittenSource } from './copy-sources.ts'
import { InstructionError } from './instruction-error.ts'
import { joinPath } from './join-path.ts'
import { expandIn, type StageContext, type StageState, withStep } from './stage-state.ts'

/** COPY and ADD. @throws {InstructionError} If a source or a flag is not what it may be. */
export function planCopy(state: StageState, instruction: CopyInstruction, context: StageContext): StageState {
  const isAdd = instruction.kind === 'add'
  const destination = expandIn(state, instruction.destination, context)
  const chown = flagOf(instruction.chown, word => expandIn(state, word, context))
  const chmod = flagOf(instruction.chmod, word => modeOf(word, expandIn(state, word, context)))
  const sources = copySources(state, instruction, context)
  const operation: CopyOperation = {
    kind: 'copy',
    sources: sources.map(({ source }) => source),
    destination: destinationOf(state.settings.workingDir, destination),
    chown,
    chmod,
    // With a mode a linked layer is of no use to BuildKit, which copies then.
    isLink: instruction.link && chmod === undefined,
    keepsParents: instruction.parents,
    excludes: instruction.excludes.map(({ text }) => text),
    unpacksLocal: isAdd && instruction.unpack !== false,
    unpacksRemote: isAdd && instruction.unpack === true,
  }
  const createdBy = textOf(instruction, { chown, chmod, sources, destination })
  return withStep(state, { operation, createdBy, instruction }, context)
}

/** An empty value is none. */
function flagOf(word: Word | undefined, read: (word: Word) => string): string | undefined {
  return word === undefined ? undefined : read(word) || undefined
}

/** A folder has a slash at its end: one that is written, and that of `.`. */
function destinationOf(workingDir: string, text: string): string {
  const path = joinPath(workingDir, text)
  const isFolder = text === '' || text === '.' || text.endsWith('/') || text.endsWith('/.')
  return isFolder && path !== '/' ? `${path}/` : path
}

const MOST = 0o7777
const SYMBOLIC = /^[ugoa]*(?:[-+=](?:[rwxXst]*|[ugo]))+(?:,[ugoa]*(?:[-+=](?:[rwxXst]*|[ugo]))+)*$/

function modeOf({ span }: Word, text: string): string {
  const isOctal = /^[0-7]+$/.test(text) && Number.parseInt(text, 8) <= MOST
  if (text === '' || isOctal || SYMBOLIC.test(text)) return text
  throw new InstructionError(`Cannot use --chmod=${text}: it is no mode`, {
    span,
    hint: 'expected octal digits from 0 to 7777, or letters as in u=rwX,go=rX',
  })
}

interface WrittenCopy {
  readonly chown: string | undefined
  readonly chmod: string | undefined
  readonly sources: readonly WrittenSource[]
  readonly destination: string
}

function textOf(
  { kind, parents }: CopyInstruction,
  { chown, chmod, sources, destination }: WrittenCopy,
): string {
  const words = [
    kind.toUpperCase(),
    ...(parents ? ['--parents'] : []),
    ...(chown === undefined ? [] : [`--chown=${chown}`]),
    ...(chmod === undefined ? [] : [`--chmod=${chmod}`]),
    ...sources.map(({ text }) => text),
    destination,
  ]
  return `${words.join(' ')} # buildkit`
}
