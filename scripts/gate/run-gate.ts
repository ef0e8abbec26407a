import type { Step, StepResult, TestCount } from './step.ts'

/** Steps that run at the same time; the groups run one after the other. */
export type StepGroup = readonly Step[]

/**
 * Runs every step, also after one that failed, prints a table and at the end the line `N passed, N failed`, and sets
 * the exit code.
 */
export async function runGate(groups: readonly StepGroup[]): Promise<void> {
  const results: StepResult[] = []
  for (const group of groups) results.push(...(await Promise.all(group.map(runStep))))
  console.log(`\n${summaryTable(results)}`)
  const failures = results.flatMap(({ count }) => count.failures)
  const skipped = results.flatMap(({ count }) => count.skipped)
  const passed = results.reduce((sum, { count }) => sum + count.passed, 0)
  for (const { title, reason } of skipped) console.log(`skipped: ${title}: ${reason}`)
  for (const failure of failures) console.log(`failed: ${failure}`)
  console.log(`${passed} passed, ${failures.length} failed`)
  process.exitCode = failures.length > 0 || passed === 0 ? 1 : 0
}

async function runStep({ name, run }: Step): Promise<StepResult> {
  const started = performance.now()
  const count = await run().catch((error: unknown): TestCount => {
    return {
      passed: 0,
      failures: [`${name}: ${error instanceof Error ? error.message : error}`],
      skipped: [],
    }
  })
  return { name, count, tookMs: performance.now() - started }
}

/** Returns one line per step: name, count of tests by outcome, seconds. */
export function summaryTable(results: readonly StepResult[]): string {
  const rows = results.map(({ name, count, tookMs }) => [
    name,
    String(count.passed),
    String(count.failures.length),
    String(count.skipped.length),
    `${(tookMs / 1000).toFixed(1)} s`,
  ])
  const table = [['step', 'passed', 'failed', 'skipped', 'time'], ...rows]
  const widths = table[0]?.map((_, column) => Math.max(...table.map(row => row[column]?.length ?? 0))) ?? []
  return table
    .map(row =>
      row.map((cell, column) => align(cell, { width: widths[column] ?? 0, left: column === 0 })).join('  '),
    )
    .join('\n')
}

function align(cell: string, { width, left }: { readonly width: number; readonly left: boolean }): string {
  return left ? cell.padEnd(width) : cell.padStart(width)
}
