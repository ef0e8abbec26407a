import { expect, test } from 'vitest'
import { summaryTable } from '../../../scripts/gate/run-gate.ts'

test('summaryTable() aligns names to the left and counts to the right', () => {
  const results = [
    { name: 'types', count: { passed: 1, failures: [], skipped: [] }, tookMs: 1234 },
    {
      name: 'unit tests',
      count: { passed: 161, failures: ['a'], skipped: [{ title: 'b', reason: 'c' }] },
      tookMs: 40,
    },
  ]
  expect(summaryTable(results)).toBe(
    [
      'step        passed  failed  skipped   time',
      'types            1       0        0  1.2 s',
      'unit tests     161       1        1  0.0 s',
    ].join('\n'),
  )
})
