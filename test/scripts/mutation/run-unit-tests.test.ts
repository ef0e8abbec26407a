import { expect, test } from 'vitest'
import { runUnitTests } from '../../../scripts/mutation/run-unit-tests.ts'
import { projectRoot } from '../../../scripts/project-root.ts'

test('runUnitTests() ends tests that exceed their time limit', async () => {
  const run = { tree: projectRoot, tests: ['test/scripts/cpio.test.ts'], limitMs: 1 }
  expect(await runUnitTests(run)).toBe('too-slow')
})
