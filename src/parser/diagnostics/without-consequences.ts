import type { Diagnostic } from '../../base/diagnostic.ts'

/**
 * Joins the diagnostics of the stages, given in order, sorted by place. What a stage says about a line on which an
 * earlier stage found an error is left out: it mostly follows from that.
 */
export function withoutConsequences(stages: readonly (readonly Diagnostic[])[]): readonly Diagnostic[] {
  const kept: Diagnostic[] = []
  for (const stage of stages) {
    const broken = new Set(kept.filter(({ severity }) => severity === 'error').map(lineOf))
    kept.push(...stage.filter(diagnostic => diagnostic.span === undefined || !broken.has(lineOf(diagnostic))))
  }
  return withoutRepeats(kept).toSorted(byPlace)
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
