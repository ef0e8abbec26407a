import type { Diagnostic } from '../../src/base/diagnostic.ts'
import type { SourceSpan } from '../../src/base/source-span.ts'
import type { Dockerfile, FromInstruction, Instruction } from '../../src/model/dockerfile.ts'
import { parseDockerfile } from '../../src/parser/dockerfile/parse-dockerfile.ts'

/** Parses a Dockerfile without errors. @throws {Error} If it has some. */
export function dockerfileOf(text: string): Dockerfile {
  const { value, diagnostics } = parseDockerfile(text, { file: 'Dockerfile' })
  if (value === undefined) throw new Error(showProblems(text, diagnostics).join('\n'))
  return value
}

/** Parses one instruction of a stage. @throws {Error} If it has errors. */
export function instructionOf(text: string): FromInstruction | Instruction {
  const { stages } = dockerfileOf(`FROM base\n${text}\n`)
  const instruction = stages[1]?.from ?? stages[0]?.instructions[0]
  if (instruction === undefined) throw new Error(`${text} is no instruction`)
  return instruction
}

/** Returns all that is wrong with a Dockerfile, as `showProblems` does; what matters only in a built stage included. */
export function problemsOf(text: string): readonly string[] {
  const { value, diagnostics } = parseDockerfile(text, { file: 'Dockerfile' })
  return showProblems(text, [...diagnostics, ...(value?.stages ?? []).flatMap(({ problems }) => problems)])
}

/** Returns `line:column-endLine:endColumn [text there] severity: message (hint)` for each diagnostic. */
export function showProblems(text: string, diagnostics: readonly Diagnostic[]): readonly string[] {
  return diagnostics.map(({ severity, message, span, hint, related = [] }) => {
    const places = related.map(place => ` <- ${showSpan(text, place.span)} ${place.message}`)
    const place = span === undefined ? '' : showSpan(text, span)
    return `${place} ${severity}: ${message}${hint === undefined ? '' : ` (${hint})`}${places.join('')}`
  })
}

/** Returns `line:column-endColumn [text there]`, with the end's line where it is another. */
export function showSpan(text: string, span: SourceSpan): string {
  const { line, column, endLine, endColumn } = span
  const end = endLine === line ? `${endColumn}` : `${endLine}:${endColumn}`
  return `${line}:${column}-${end} [${textAt(text, span)}]`
}

/** Returns the text that a span denotes. */
export function textAt(text: string, { line, column, endLine, endColumn }: SourceSpan): string {
  const lines = text
    .replace(/^\uFEFF/, '')
    .split('\n')
    .slice(line - 1, endLine)
  const last = lines.length - 1
  return lines
    .map((each, index) =>
      each.slice(index === 0 ? column - 1 : 0, index === last ? endColumn - 1 : undefined),
    )
    .join('\n')
}
