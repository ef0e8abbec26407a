import type { Baseline } from './baseline.ts'
import type { Mutant } from './find-mutants.ts'
import { runUnitTests, type UnitTestEnd } from './run-unit-tests.ts'
import type { ScratchTree } from './scratch-tree.ts'

/** A mutant, and how the tests ended that could have found it. */
export interface MutantResult {
  readonly mutant: Mutant
  readonly end: UnitTestEnd | 'no-tests'
}

/** Where a mutant is tried, and with which tests, the nearest first. */
export interface Trial {
  readonly tree: ScratchTree
  readonly baseline: Baseline
  readonly tests: readonly string[]
}

/** Vitest takes that long to start on a busy machine. */
const START_MS = 30_000

/** Runs the tests of a mutant: the nearest, which finds most, and only where that passes the others. */
export async function tryMutant(mutant: Mutant, { tree, baseline, tests }: Trial): Promise<MutantResult> {
  const [nearest, ...others] = tests.filter(test => baseline.has(test))
  if (nearest === undefined) return { mutant, end: 'no-tests' }
  using _ = tree.alter(mutant.path, mutant.text)
  for (const batch of [[nearest], others]) {
    if (batch.length === 0) continue
    const usualMs = batch.reduce((sum, test) => sum + (baseline.get(test) ?? 0), 0)
    const end = await runUnitTests({ tree: tree.path, tests: batch, limitMs: START_MS + 4 * usualMs })
    if (end !== 'passed') return { mutant, end }
  }
  return { mutant, end: 'passed' }
}
