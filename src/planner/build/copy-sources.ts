import { parseDigest } from '../../base/digest.ts'
import type { SourceSpan } from '../../base/source-span.ts'
import type { CopyInstruction, Heredoc, Word } from '../../model/dockerfile.ts'
import { type GitAddress, isGitSource, parseGitAddress } from '../../model/git-address.ts'
import type { CopySource, TreeRef } from './build-graph.ts'
import { expandText } from './expand-word.ts'
import { about, InstructionError } from './instruction-error.ts'
import { joinPath } from './join-path.ts'
import { expandIn, type StageContext, type StageState } from './stage-state.ts'

/** A source, and how it is written in the history of an image. */
export interface WrittenSource {
  readonly source: CopySource
  readonly text: string
}

/**
 * Returns the sources of COPY or ADD, expanded; here-documents come last, as they do in BuildKit.
 *
 * @throws {InstructionError} If a source or its checksum is not what it may be.
 */
export function copySources(
  state: StageState,
  instruction: CopyInstruction,
  context: StageContext,
): readonly WrittenSource[] {
  const [named] = context.command.sources
  const from: TreeRef = named === undefined ? { kind: 'context', name: '' } : context.treeOf(named)
  const words = instruction.sources.filter((_, index) => !instruction.heredocs.has(index))
  const checksum = instruction.checksum && expandIn(state, instruction.checksum, context)
  const written = words.map(word => {
    const text = expandIn(state, word, context)
    return {
      source: sourceOf(
        { text, span: shownPart(word.span, instruction.span) },
        { instruction, from, checksum },
      ),
      text,
    }
  })
  if (checksum) checkChecksum(instruction, written)
  return [
    ...written,
    ...inOrder(instruction.heredocs).map(heredoc => ({
      source: inlineSource(heredoc, state),
      text: `<<${heredoc.name}`,
    })),
  ]
}

/** The line that BuildKit shows for an instruction is its first: only what is in it is shown alone. */
function shownPart(part: SourceSpan, whole: SourceSpan): SourceSpan {
  return part.line === whole.line ? part : whole
}

function inOrder(heredocs: CopyInstruction['heredocs']): readonly Heredoc[] {
  return [...heredocs].toSorted(([a], [b]) => a - b).map(([, heredoc]) => heredoc)
}

interface SourceScene {
  readonly instruction: CopyInstruction
  readonly from: TreeRef
  readonly checksum: string | undefined
}

function sourceOf(word: Word, scene: SourceScene): CopySource {
  const { text, span } = word
  const { instruction, from } = scene
  const git = isGitSource(text) ? about(word, () => parseGitAddress(text)) : undefined
  const isUrl = /^https?:\/\//.test(text)
  if (git === undefined && !isUrl) {
    return { kind: 'tree', from, path: instruction.parents ? pathWithPivot(text) : joinPath('/', text), span }
  }
  if (instruction.kind === 'copy') {
    throw new InstructionError(`Cannot copy "${text}": it is a URL`, { span, hint: 'use ADD' })
  }
  return git === undefined ? urlSource(word, scene) : gitSource(git, word, scene)
}

/** `a/./b` keeps its middle, from which on COPY --parents makes folders. */
function pathWithPivot(text: string): string {
  const pivot = text.indexOf('/./')
  if (pivot < 0) return joinPath('/', text)
  const folder = joinPath('/', text.slice(0, pivot))
  return `${folder === '/' ? '' : folder}/.${joinPath('/', text.slice(pivot + 3))}`
}

function urlSource({ text, span }: Word, { checksum, instruction }: SourceScene): CopySource {
  if (!checksum) return { kind: 'url', url: text, checksum: undefined, span }
  try {
    return { kind: 'url', url: text, checksum: parseDigest(checksum), span }
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error
    throw new InstructionError(error.message, { span: instruction.checksum?.span ?? span })
  }
}

function gitSource(
  git: GitAddress,
  { text, span }: Word,
  { checksum, instruction }: SourceScene,
): CopySource {
  if (checksum && git.checksum !== undefined && git.checksum !== checksum) {
    throw new InstructionError(
      `Cannot add "${text}": it names checksum ${git.checksum}, the flag ${checksum}`,
      { span },
    )
  }
  const { keepGitDir = git.keepsGitDir } = instruction
  if (git.keepsGitDir !== undefined && git.keepsGitDir !== keepGitDir) {
    throw new InstructionError(`Cannot add "${text}": it and --keep-git-dir say different things`, { span })
  }
  return {
    kind: 'git',
    url: text,
    keepsGitDir: keepGitDir ?? false,
    checksum: git.checksum ?? (checksum || undefined),
    span,
  }
}

function checkChecksum({ checksum }: CopyInstruction, written: readonly WrittenSource[]): void {
  const [first, ...more] = written
  if (first?.source.kind !== 'tree' && more.length === 0) return
  throw new InstructionError('Cannot check --checksum: it is for one URL or Git repository', spanOf(checksum))
}

function spanOf(word: Word | undefined): { readonly span?: SourceSpan } {
  return word === undefined ? {} : { span: word.span }
}

function inlineSource({ name, content, isExpanded, span }: Heredoc, state: StageState): CopySource {
  const expand = (): string => expandText(content, variable => state.variables.get(variable))
  const text = isExpanded ? about({ text: `<<${name}`, span }, expand) : content
  return { kind: 'inline', name, content: text, span }
}
