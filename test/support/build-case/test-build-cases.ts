import { afterAll, beforeAll, expect, test } from 'vitest'
import { MAY_DOWNLOAD } from '../parts/find-program.ts'
import { readBuildCases } from './build-case.ts'
import { type FoundCaseBench, openCaseBench } from './case-bench.ts'
import { runBuildCase } from './run-build-case.ts'

/** Declares a test for each case of a folder of `test/fixtures/build`. They share a store. */
export function testBuildCases(folder: string): void {
  let bench: FoundCaseBench
  beforeAll(async () => {
    bench = await openCaseBench()
  }, MAY_DOWNLOAD.timeout)
  afterAll(() => bench[Symbol.asyncDispose]())

  for (const buildCase of readBuildCases(folder)) {
    test(`build of ${buildCase.name}: ${buildCase.about}`, async ({ skip }) => {
      if (bench.kind === 'missing') return skip(bench.reason)
      const { outcome, output } = await runBuildCase(bench, buildCase)
      expect(outcome, output).toEqual(buildCase.expected)
    })
  }
}
