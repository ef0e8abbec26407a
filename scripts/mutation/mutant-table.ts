import type { Mutant } from './find-mutants.ts'
import type { MutantResult } from './try-mutant.ts'

const WIDTH = 60

/** What follows the line of a mutant that no test can find. */
export const NO_TEST = '  (no test)'

/** Returns the mutants that no test found, a line each, and a line with the counts. */
export function mutantTable(verdicts: readonly MutantResult[]): string {
  const ended = (...ends: ReadonlyArray<MutantResult['end']>): readonly MutantResult[] =>
    verdicts.filter(({ end }) => ends.includes(end))
  const lines = ended('passed', 'no-tests').map(
    ({ mutant, end }) => `${mutantLine(mutant)}${end === 'no-tests' ? NO_TEST : ''}`,
  )
  const found = ended('failed', 'too-slow').length
  const bySlowness = ended('too-slow').length
  return [
    ...lines,
    `${verdicts.length} mutants: ${found} found (${bySlowness} by their slowness), ${lines.length} survived`,
  ].join('\n')
}

/** Returns a mutant as `path:line operator: before -> after`. */
export function mutantLine({ path, line, operator, before, after }: Mutant): string {
  return `${path}:${line} ${operator}: ${brief(before)} -> ${brief(after)}`
}

function brief(text: string): string {
  const flat = text.replaceAll(/\s+/g, ' ').trim()
  return flat.length <= WIDTH ? flat : `${flat.slice(0, WIDTH - 1)}…`
}
