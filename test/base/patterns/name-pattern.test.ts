import { describe, expect, test } from 'vitest'
import { compileNamePattern, hasWildcards } from '../../../src/base/patterns/name-pattern.ts'

// Most rows are those of Go's own test of path/filepath.Match.
const cases: ReadonlyArray<readonly [pattern: string, path: string, isMatch: boolean]> = [
  ['abc', 'abc', true],
  ['*', 'abc', true],
  ['*', '.hidden', true],
  ['*c', 'abc', true],
  ['a*', 'a', true],
  ['a*', 'ab/c', false],
  ['a*/b', 'abc/b', true],
  ['a*/b', 'a/c/b', false],
  ['a*b*c*d*e*/f', 'axbxcxdxe/f', true],
  ['a*b*c*d*e*/f', 'axbxcxdxexxx/f', true],
  ['a*b*c*d*e*/f', 'axbxcxdxe/xxx/f', false],
  ['a*b?c*x', 'abxbbxdbxebxczzx', true],
  ['a*b?c*x', 'abxbbxdbxebxczzy', false],
  ['**/x', 'd/x', true],
  ['**/x', 'd/e/x', false],
  ['**/x', 'x', false],
  ['ab[c]', 'abc', true],
  ['ab[b-d]', 'abc', true],
  ['ab[e-g]', 'abc', false],
  ['ab[^c]', 'abc', false],
  ['ab[^e-g]', 'abc', true],
  ['[!a]', 'a', true],
  ['a\\*b', 'a*b', true],
  ['a\\*b', 'ab', false],
  ['a?b', 'a☺b', true],
  ['a?b', 'a😀b', true],
  ['a??b', 'a☺b', false],
  ['a[^a]b', 'a☺b', true],
  ['a?b', 'a/b', false],
  ['a*b', 'a/b', false],
  ['[\\]a]', ']', true],
  ['[\\-x]', '-', true],
  ['[x\\-]', 'x', true],
  ['*x', 'xxx', true],
  ['[[]x].txt', '[x].txt', true],
]

describe('compileNamePattern()', () => {
  test.each(cases)('%j on %j is %j', (pattern, path, isMatch) => {
    expect(compileNamePattern(pattern)(path)).toBe(isMatch)
  })

  test.each(['[', 'a[', '[^', '[]a]', '[x-]', '[a-b-c]', 'a*\\'])('refuses %j', pattern => {
    expect(() => compileNamePattern(pattern)).toThrow(`pattern "${pattern}": `)
  })

  test('takes no longer for many stars', () => {
    const matches = compileNamePattern(`${'a*'.repeat(200)}b`)
    const start = performance.now()
    expect(matches('a'.repeat(4000))).toBe(false)
    expect(performance.now() - start).toBeLessThan(2000)
  })
})

test.each([
  ['a.txt', false],
  ['*.txt', true],
  ['a?', true],
  ['[a]', true],
  ['a\\*b', false],
  ['a\\\\*', true],
  ['a\nb*', true],
  [']', false],
])('hasWildcards() of %j is %j', (text, has) => {
  expect(hasWildcards(text)).toBe(has)
})
