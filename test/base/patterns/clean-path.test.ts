import { expect, test } from 'vitest'
import { cleanPath } from '../../../src/base/patterns/clean-path.ts'

test.each([
  ['', '.'],
  ['.', '.'],
  ['/', '/'],
  ['//', '/'],
  ['a//b/', 'a/b'],
  ['./a/./b', 'a/b'],
  ['a/../b', 'b'],
  ['a/..', '.'],
  ['../a', '../a'],
  ['a/../../b', '../b'],
  ['/..', '/'],
  ['/a/../../b', '/b'],
])('cleanPath() makes %j %j', (path, clean) => {
  expect(cleanPath(path)).toBe(clean)
})
