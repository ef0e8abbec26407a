import { expect, test } from 'vitest'
import { removePrefix, removeSuffix, replacePattern } from '../../../src/planner/build/shell-pattern.ts'

const prefixes: ReadonlyArray<readonly [value: string, pattern: string, rest: string]> = [
  ['aXbXc', '*X', 'bXc'],
  ['aXbXc', '#*X', 'c'],
  ['a.b', 'a.', 'b'],
  ['aab', 'a.', 'aab'],
  ['a[b]c', 'a[b]', 'c'],
  ['*x', '\\*', 'x'],
  ['ax', '\\*', 'ax'],
  ['a\\x', 'a\\\\', 'x'],
  ['}x', '\\}', 'x'],
  ['äöü', '??', 'ü'],
  ['a\nb', '*b', 'a\nb'],
  ['abc', '', 'abc'],
]
for (const [value, pattern, rest] of prefixes) {
  test(`removePrefix() leaves ${JSON.stringify(rest)} of ${JSON.stringify(value)} without ${pattern}`, () => {
    expect(removePrefix(value, pattern)).toBe(rest)
  })
}

const suffixes: ReadonlyArray<readonly [value: string, pattern: string, rest: string]> = [
  ['aXbXc', 'X*', 'aXb'],
  ['aXbXc', '%X*', 'a'],
  ['x*', '\\*', 'x'],
  ['x😀y', '😀?', 'x'],
  ['abc', 'b', 'abc'],
]
for (const [value, pattern, rest] of suffixes) {
  test(`removeSuffix() leaves ${JSON.stringify(rest)} of ${JSON.stringify(value)} without ${pattern}`, () => {
    expect(removeSuffix(value, pattern)).toBe(rest)
  })
}

const replaced: ReadonlyArray<
  readonly [value: string, pattern: string, everywhere: boolean, result: string]
> = [
  ['aaa', 'a', false, '-aa'],
  ['aaa', 'a', true, '---'],
  ['abcabc', 'b*', false, 'a-'],
  ['abc', '*', true, '-'],
  ['ab', '', true, '-a-b-'],
  ['abc', 'x', true, 'abc'],
  ['$1', '1', false, '$-'],
]
for (const [value, pattern, everywhere, result] of replaced) {
  const where = everywhere ? 'everywhere' : 'once'
  test(`replacePattern() makes ${result} of ${value} where ${pattern} is replaced ${where}`, () => {
    expect(replacePattern(value, { pattern, replacement: '-', everywhere })).toBe(result)
  })
}

test('replacePattern() takes a replacement as it is', () => {
  expect(replacePattern('ab', { pattern: 'a', replacement: '$&$1', everywhere: false })).toBe('$&$1b')
})

for (const pattern of ['\\', '\\a']) {
  test(`removePrefix() refuses the pattern ${pattern}`, () => {
    expect(() => removePrefix('a', pattern)).toThrow(SyntaxError)
  })
}
