import { existsSync, readFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { runUnitTests } from './run-unit-tests.ts'

/**
 * How many milliseconds each file of tests takes without a mutant. Without those that fail, skip everything, or are too
 * slow to be repeated for each mutant.
 */
export type Baseline = ReadonlyMap<string, number>

const LIMIT_MS = 900_000

interface JsonReport {
  readonly testResults: ReadonlyArray<{
    /** An absolute path. */
    readonly name: string
    readonly status: string
    readonly startTime: number
    readonly endTime: number
    readonly assertionResults: ReadonlyArray<{ readonly status: string }>
  }>
}

/** Runs tests in a copy of the checkout, and returns which of them pass within `slowMs` and can therefore find a mutant. */
export async function runBaseline(tree: string, tests: readonly string[], slowMs: number): Promise<Baseline> {
  const report = join(tree, 'baseline.json')
  await runUnitTests({ tree, tests, limitMs: LIMIT_MS, report })
  if (!existsSync(report)) throw new Error('Cannot run the tests without a mutant: Vitest wrote no report')
  const { testResults }: JsonReport = JSON.parse(readFileSync(report, 'utf8'))
  return new Map(
    testResults
      .filter(({ status, assertionResults }) => status === 'passed' && assertionResults.some(isPassed))
      .map(({ name, startTime, endTime }) => [relative(tree, name), endTime - startTime] as const)
      .filter(([, durationMs]) => durationMs < slowMs),
  )
}

function isPassed({ status }: { readonly status: string }): boolean {
  return status === 'passed'
}
