import { expect, test } from 'vitest'
import { isForeground } from '../../src/cli/is-foreground.ts'

test.for([
  ['7 (a) b) S 1 5 5 34816 5 4194304', true],
  ['7 (a) S 1 7 5 34816 5 4194304', false],
  ['7 (a) S 1 7 5 0 -1 4194304', true],
] as const)('isForeground() of %j is %j', ([stat, expected]) => {
  expect(isForeground(stat)).toBe(expected)
})
