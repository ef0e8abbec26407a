import { type Checked, type Diagnostic, hasErrors } from '../../base/diagnostic.ts'
import type { SourceSpan } from '../../base/source-span.ts'
import type {
  ArgInstruction,
  Dockerfile,
  FromInstruction,
  Instruction,
  InstructionLayout,
  Stage,
} from '../../model/dockerfile.ts'
import { type StreamedInstruction, streamInstructions } from './instruction-stream.ts'
import { splitLines } from './line-reader.ts'
import type { Position, SpanOf } from './logical-line.ts'
import { readDirectives } from './read-directives.ts'

/** Where the text of a Dockerfile is from. */
export interface DockerfileOrigin {
  /** The path as the user named it. */
  readonly file: string
  /** Maps a place in the text to one in `file`, where the text is only a part of it. */
  readonly place?: (line: number, column: number) => SourceSpan
}

/**
 * Reads a Dockerfile as BuildKit's frontend docker/dockerfile:1 does, and reports all errors at once. Without an error,
 * what is wrong with a stage only if it is built is in `Stage.problems`; with one, it is reported too.
 */
export function parseDockerfile(text: string, origin: DockerfileOrigin): Checked<Dockerfile> {
  const spanOf = spansOf(origin)
  const lines = splitLines(text.replace(/^\uFEFF/, ''))
  const directives = readDirectives(lines, spanOf)
  const assembly = new Assembly()
  for (const streamed of streamInstructions({ lines, ...directives, spanOf })) assembly.add(streamed)
  const found = [...directives.diagnostics, ...assembly.finish(lines.length, spanOf)]
  if (hasErrors(found)) return { value: undefined, diagnostics: byPlace([...found, ...assembly.problems]) }
  const { globalArgs, stages, layout } = assembly
  const { escape: escapeCharacter, syntax, check } = directives
  return {
    value: { escape: escapeCharacter, syntax, check, globalArgs, stages, layout },
    diagnostics: byPlace(found),
  }
}

function spansOf({ file, place }: DockerfileOrigin): SpanOf {
  if (place === undefined) {
    return (start, end) => ({ file, ...start, endLine: end.line, endColumn: end.column })
  }
  return (start, end) => {
    const first = place(start.line, start.column)
    const isEmpty = start.line === end.line && start.column === end.column
    const last = isEmpty ? first : place(end.line, Math.max(1, end.column - 1))
    return { ...first, endLine: last.endLine, endColumn: last.endColumn }
  }
}

function byPlace(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  return diagnostics.toSorted(
    (a, b) => (a.span?.line ?? 0) - (b.span?.line ?? 0) || (a.span?.column ?? 0) - (b.span?.column ?? 0),
  )
}

interface OpenStage {
  readonly from: FromInstruction
  readonly instructions: Instruction[]
  readonly problems: Diagnostic[]
}

/** Puts instructions into stages. */
class Assembly {
  readonly globalArgs: ArgInstruction[] = []
  readonly layout: InstructionLayout[] = []
  readonly problems: Diagnostic[] = []
  readonly #stages: OpenStage[] = []
  /** Those of the stages, in lower case. */
  readonly #diagnostics: Diagnostic[] = []
  /** A FROM that could not be read begins a stage too. */
  #isBeforeFrom = true
  #isEmpty = true

  get stages(): readonly Stage[] {
    return this.#stages
  }

  add({ name, input, layout }: StreamedInstruction): void {
    this.#isEmpty = false
    this.#diagnostics.push(...input.errors, ...input.warnings)
    this.problems.push(...input.problems)
    if (name === 'FROM') this.#isBeforeFrom = false
    else if (this.#isBeforeFrom && name !== 'ARG' && input.errors.length === 0) {
      input.error(input.keyword, `Cannot use ${name} here: no FROM is above it`)
      this.#diagnostics.push(...input.errors)
    }
    if (layout === undefined) return
    this.layout.push(layout)
    this.#place(layout.instruction, input.problems)
  }

  /** Returns what is wrong with the file. Of one without instructions BuildKit shows the line that it read last. */
  finish(lineCount: number, spanOf: SpanOf): readonly Diagnostic[] {
    if (!this.#isBeforeFrom) return this.#diagnostics
    const start: Position = { line: this.#isEmpty ? Math.max(1, lineCount) : 1, column: 1 }
    const state = this.#isEmpty ? 'it has no instructions' : 'it has no FROM'
    const message = `Cannot read Dockerfile: ${state}`
    if (hasErrors(this.#diagnostics)) return this.#diagnostics
    return [
      ...this.#diagnostics,
      { severity: 'error', code: 'dockerfile', message, span: spanOf(start, start) },
    ]
  }

  #place(instruction: FromInstruction | Instruction, problems: readonly Diagnostic[]): void {
    const stage = this.#stages.at(-1)
    if (instruction.kind === 'from') {
      this.#stages.push({ from: instruction, instructions: [], problems: [...problems] })
    } else if (stage !== undefined) {
      stage.instructions.push(instruction)
      stage.problems.push(...problems)
    } else if (instruction.kind === 'arg') this.globalArgs.push(instruction)
  }
}
