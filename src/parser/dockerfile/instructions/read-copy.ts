import type { CopyInstruction, Heredoc, Word } from '../../../model/dockerfile.ts'
import { readHeredocWord } from '../heredoc-word.ts'
import type { InstructionInput } from '../instruction-input.ts'
import { type FlagKind, type Flags, readFlags } from '../read-flags.ts'
import { readWordList } from '../read-word-list.ts'

/** Reads `COPY [flags] SOURCE ... DESTINATION`, or the same as a JSON array. */
export function readCopy(input: InstructionInput): CopyInstruction | undefined {
  const flags = readFlags(input, COPY_FLAGS)
  const from = flags.text('from')
  if (from?.text.includes('$')) {
    input.error(from, `Cannot use flag "--from" of COPY: "${from.text}" has a variable, and it takes none`, {
      hint: 'name a stage with FROM and use that name',
    })
  }
  return readPaths(input, 'copy', flags)
}

/** Reads `ADD [flags] SOURCE ... DESTINATION`, or the same as a JSON array. */
export function readAdd(input: InstructionInput): CopyInstruction | undefined {
  return readPaths(input, 'add', readFlags(input, ADD_FLAGS))
}

const COMMON_FLAGS: Readonly<Record<string, FlagKind>> = {
  chown: 'text',
  chmod: 'text',
  link: 'boolean',
  exclude: 'repeated',
}
const COPY_FLAGS: Readonly<Record<string, FlagKind>> = { ...COMMON_FLAGS, from: 'text', parents: 'boolean' }
const ADD_FLAGS: Readonly<Record<string, FlagKind>> = {
  ...COMMON_FLAGS,
  checksum: 'text',
  'keep-git-dir': 'boolean',
  unpack: 'boolean',
}

function readPaths(input: InstructionInput, kind: 'copy' | 'add', flags: Flags): CopyInstruction | undefined {
  const words = readWordList(input)?.words
  if (words === undefined) return undefined
  const destination = words.at(-1)
  const sources = words.slice(0, -1)
  if (destination === undefined || sources.length === 0) {
    const state =
      destination === undefined ? 'source and destination are missing' : 'the destination is missing'
    input.error(destination ?? input.keyword, `Cannot read ${input.name}: ${state}`, {
      hint: `write ${input.name} SOURCE DESTINATION`,
    })
    return undefined
  }
  if (readHeredocWord(destination.text) !== undefined) {
    input.error(destination, `Cannot read ${input.name}: a here-document cannot be its destination`)
  }
  return {
    kind,
    ...input.source,
    sources,
    destination,
    heredocs: heredocsOf(input, sources),
    from: flags.text('from'),
    chown: flags.text('chown'),
    chmod: flags.text('chmod'),
    link: flags.isOn('link') ?? false,
    parents: flags.isOn('parents') ?? false,
    excludes: flags.all('exclude').map(({ text, span }) => ({ text, span })),
    checksum: flags.text('checksum'),
    keepGitDir: flags.isOn('keep-git-dir'),
    unpack: flags.isOn('unpack'),
  }
}

/** Of two here-documents with one name the later one counts. One that a JSON array names has no body: it is empty. */
function heredocsOf(input: InstructionInput, sources: readonly Word[]): ReadonlyMap<number, Heredoc> {
  const found = new Map<number, Heredoc>()
  for (const [index, source] of sources.entries()) {
    const word = readHeredocWord(source.text)
    if (word === undefined) continue
    const heredoc = input.heredocs.findLast(({ name }) => name === word.name)
    const { content, source: body, span } = heredoc ?? { content: '', source: '', span: source.span }
    found.set(index, { ...word, content, source: body, span })
  }
  return found
}
