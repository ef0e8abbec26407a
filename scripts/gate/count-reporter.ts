import { writeFileSync } from 'node:fs'
import type { Reporter, TestModule, TestRunEndReason } from 'vitest/node'
import type { TestCount } from './step.ts'

type SerializedError = Parameters<NonNullable<Reporter['onTestRunEnd']>>[1][number]

/** Writes the count of single tests, with the reasons of skips, to the file that TCOMPOSE_TEST_COUNT names. */
export default class CountReporter implements Reporter {
  onTestRunEnd(
    modules: readonly TestModule[],
    errors: readonly SerializedError[],
    _reason: TestRunEndReason,
  ): void {
    const path = process.env['TCOMPOSE_TEST_COUNT']
    if (path !== undefined) writeFileSync(path, JSON.stringify(countTests(modules, errors)))
  }
}

function countTests(modules: readonly TestModule[], errors: readonly SerializedError[]): TestCount {
  const broken = modules
    .filter(module => module.errors().length > 0)
    .map(module => `${module.relativeModuleId}: ${module.errors()[0]?.message}`)
  const tests = modules.flatMap(module => [...module.children.allTests()])
  const failed = tests.filter(test => test.result().state === 'failed').map(test => test.fullName)
  return {
    passed: tests.filter(test => test.result().state === 'passed').length,
    failures: [...failed, ...broken, ...errors.map(error => `outside of a test: ${error.message}`)],
    skipped: tests
      .map(test => ({ title: test.fullName, result: test.result() }))
      .filter(({ result }) => result.state === 'skipped')
      .map(({ title, result }) => ({ title, reason: reasonOf(result) })),
  }
}

function reasonOf(result: object): string {
  return 'note' in result && typeof result.note === 'string' ? result.note : 'no reason given'
}
