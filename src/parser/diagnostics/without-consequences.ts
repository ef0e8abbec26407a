import type { Diagnostic } from '../../base/diagnostic.ts'
import type { SourceSpan } from '../../base/source-span.ts'

/**
 * Joins the diagnostics of the stages, given in order, sorted by place. What a stage says about text in which an
 * earlier stage found an error is left out: it mostly follows from that.
 */
export function withoutConsequences(stages: readonly (readonly Diagnostic[])[]): readonly Diagnostic[] {
  const kept: Diagnostic[] = []
  if (stages.every(stage => stage.length === 0)) return kept
  for (const stage of stages) {
    const broken = errorsByLine(kept)
    kept.push(...stage.filter(({ span }) => span === undefined || !isWithinError(span, broken)))
  }
  return withoutRepeats(kept).toSorted(byPlace)
}

type ErrorsByLine = ReadonlyMap<string, readonly SourceSpan[]>

function errorsByLine(diagnostics: readonly Diagnostic[]): ErrorsByLine {
  const lines = new Map<string, SourceSpan[]>()
  for (const { severity, span } of diagnostics) {
    if (severity !== 'error' || span === undefined) continue
    for (let line = span.line; line <= span.endLine; line++) {
      const key = `${span.file}:${line}`
      const known = lines.get(key)
      if (known === undefined) lines.set(key, [span])
      else known.push(span)
    }
  }
  return lines
}

function isWithinError(span: SourceSpan, broken: ErrorsByLine): boolean {
  for (let line = span.line; line <= span.endLine && broken.size > 0; line++) {
    if (broken.get(`${span.file}:${line}`)?.some(other => overlap(span, other))) return true
  }
  return false
}

function overlap(a: SourceSpan, b: SourceSpan): boolean {
  return startsBeforeEnd(a, b) && startsBeforeEnd(b, a)
}

/** A span without text counts as one character. */
function startsBeforeEnd(a: SourceSpan, b: SourceSpan): boolean {
  if (a.line !== b.endLine) return a.line < b.endLine
  return a.column < Math.max(b.endColumn, b.line === b.endLine ? b.column + 1 : 1)
}

function lineOf({ span }: Diagnostic): string {
  return span === undefined ? '' : `${span.file}:${span.line}`
}

/** A value behind an anchor is checked wherever it is used; one report is enough. */
function withoutRepeats(diagnostics: readonly Diagnostic[]): readonly Diagnostic[] {
  const seen = new Set<string>()
  return diagnostics.filter(({ code, message, span }) => {
    const key =
      span === undefined
        ? `${code} ${message}`
        : `${code} ${lineOf({ severity: 'error', code, message, span })}:${span.column} ${message.replaceAll(/service "[^"]*"/g, '')}`
    if (seen.has(key)) return false
    seen.add(key)
    return true
  })
}

function byPlace(a: Diagnostic, b: Diagnostic): number {
  if (a.span === undefined || b.span === undefined)
    return Number(a.span !== undefined) - Number(b.span !== undefined)
  if (a.span.file !== b.span.file) return a.span.file < b.span.file ? -1 : 1
  return a.span.line - b.span.line || a.span.column - b.span.column
}
