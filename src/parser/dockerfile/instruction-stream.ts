import type { Diagnostic } from '../../base/diagnostic.ts'
import type { EscapeCharacter, InstructionLayout } from '../../model/dockerfile.ts'
import { checkTrigger } from './check-trigger.ts'
import { readHeredocWord } from './heredoc-word.ts'
import { InstructionInput, type ReadHeredoc } from './instruction-input.ts'
import { readInstruction } from './instruction-readers.ts'
import { type InstructionLines, LineReader } from './line-reader.ts'
import type { LogicalLine, Range, SpanOf } from './logical-line.ts'
import { readJsonWords } from './read-json-words.ts'
import { splitShellWords } from './shell-words.ts'
import { type InstructionParts, splitInstruction } from './split-instruction.ts'

/** An instruction and what is wrong with it. */
export interface StreamedInstruction {
  /** In upper case. */
  readonly name: string
  readonly input: InstructionInput
  /** Undefined if it could not be read. */
  readonly layout: InstructionLayout | undefined
}

interface StreamOptions {
  readonly lines: readonly string[]
  /** How many lines at the top are directives. */
  readonly lineCount: number
  readonly escape: EscapeCharacter
  readonly spanOf: SpanOf
}

/** Yields the instructions of a Dockerfile in order. */
export function* streamInstructions(options: StreamOptions): Generator<StreamedInstruction> {
  const reader = new LineReader({ ...options, skipped: options.lineCount })
  for (let lines = reader.next(); lines !== undefined; lines = reader.next()) {
    yield readLines(reader, lines, options)
  }
}

function readLines(reader: LineReader, lines: InstructionLines, options: StreamOptions): StreamedInstruction {
  const { line, comments, emptyLines } = lines
  const parts = splitInstruction(line)
  const missing: MissingEnd[] = []
  const heredocs = takeHeredocs(reader, { line, parts, missing })
  const end = { line: reader.lineNumber, column: reader.lineLength + 1 }
  const span = options.spanOf(line.positionOf(parts.keyword.start), end)
  const input = new InstructionInput({ line, ...parts, heredocs, escape: options.escape, span })
  for (const { word, name, almost } of missing) reportMissingEnd(input, { word, name, almost })
  const read = readInstruction(input)
  if (read?.instruction.kind === 'onbuild') checkTrigger(input)
  const keyword = line.word(parts.keyword)
  const empty = emptyLines.map(number =>
    options.spanOf({ line: number, column: 1 }, { line: number, column: 1 }),
  )
  const layout = read === undefined ? undefined : { ...read, keyword, comments, emptyLines: empty }
  return { name: input.name, input, layout }
}

interface MissingEnd {
  readonly word: Range
  readonly name: string
  /** The number of a line that is the name but for blanks. */
  readonly almost: number | undefined
}

interface HeredocSearch {
  readonly line: LogicalLine
  readonly parts: InstructionParts
  /** Gets the here-documents that do not end. */
  readonly missing: MissingEnd[]
}

const WITH_HEREDOCS: ReadonlySet<string> = new Set(['ADD', 'COPY', 'RUN'])

function takeHeredocs(reader: LineReader, { line, parts, missing }: HeredocSearch): readonly ReadHeredoc[] {
  if (!line.text.includes('<<') || !canHaveHeredocs(line, parts)) return []
  const heredocs: ReadHeredoc[] = []
  for (const range of splitShellWords(line.text) ?? []) {
    const word = line.text.slice(range.start, range.end)
    const heredoc = readHeredocWord(word)
    if (heredoc === undefined) continue
    const body = reader.takeHeredoc(heredoc.name, heredoc.stripsTabs)
    if (body === undefined) {
      missing.push({ word: range, name: heredoc.name, almost: reader.findAlmost(heredoc.name) })
      reader.skipToEnd()
      break
    }
    const content = heredoc.stripsTabs ? body.source.replaceAll(/^\t+/gm, '') : body.source
    heredocs.push({ ...heredoc, word, content, source: body.source, span: line.span(range) })
  }
  return heredocs
}

/** ONBUILD may have what its trigger may have. What a JSON array says is no here-document. */
function canHaveHeredocs(line: LogicalLine, { keyword, body }: InstructionParts): boolean {
  const name = line.text.slice(keyword.start, keyword.end).toUpperCase()
  if (name === 'ONBUILD') {
    const trigger = splitInstruction(line, body.start)
    const isSame = trigger.keyword.start === keyword.start
    return !isSame && body.start < body.end && isHeredocForm(line, trigger)
  }
  return isHeredocForm(line, { keyword, body })
}

function isHeredocForm(
  line: LogicalLine,
  { keyword, body }: Pick<InstructionParts, 'keyword' | 'body'>,
): boolean {
  const name = line.text.slice(keyword.start, keyword.end).toUpperCase()
  return WITH_HEREDOCS.has(name) && readJsonWords(line, body).kind !== 'words'
}

function reportMissingEnd(input: InstructionInput, { word, name, almost }: MissingEnd): void {
  const hint =
    almost === undefined
      ? `end it with a line that is "${name}"`
      : `remove the blanks round "${name}" in line ${almost}`
  input.error(word, `Cannot read here-document "${name}": it does not end`, { hint })
}

/** All that is wrong with an instruction. */
export function findingsOf({ errors, problems, warnings }: InstructionInput): readonly Diagnostic[] {
  return [...errors, ...problems, ...warnings]
}
