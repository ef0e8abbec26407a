import { describe, expect, test } from 'vitest'
import { compileIgnore } from '../../../src/base/patterns/compile-ignore.ts'

const matched = (text: string, paths: readonly string[]) => {
  const rules = compileIgnore(text)
  return paths.filter(path => rules.matches(path, undefined))
}

describe('compileIgnore()', () => {
  test('leaves out comments, empty lines, blanks, byte order marks and slashes at the ends', () => {
    const text = '\uFEFF# comment\r\n\n  spaced\t\r\n/rooted\n./dotted/\n #hash\n! not \n'
    expect(matched(text, ['# comment', 'spaced', 'rooted', 'dotted', '#hash', 'not', 'comment'])).toEqual([
      'spaced',
      'rooted',
      'dotted',
      '#hash',
    ])
  })

  test('takes a comment only at the start of a line', () => {
    expect(matched('a # b\n', ['a # b', 'a'])).toEqual(['a # b'])
  })

  test('takes back with "!", also behind a slash', () => {
    expect(matched('*\n!/a\n!  b\n', ['a', 'b', 'c'])).toEqual(['c'])
  })

  test('knows nothing to leave out by ".", "/" and an empty text', () => {
    expect(matched('.\n/\n', ['a', 'b'])).toEqual([])
    expect(matched('', ['a'])).toEqual([])
  })

  test.each(['!\n', '!/\n', 'a\n[b\n'])('refuses %j', text => {
    expect(() => compileIgnore(text)).toThrow(SyntaxError)
  })
})
