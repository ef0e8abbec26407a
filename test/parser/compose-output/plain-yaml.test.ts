import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { plainYaml } from '../../../src/parser/compose-output/plain-yaml.ts'

describe('plainYaml()', () => {
  const cases: Readonly<Record<string, string>> = {
    word: 'word',
    yes: '"yes"',
    '5': '"5"',
    '1:30': '"1:30"',
    '0o7': '"0o7"',
    '2001-01-01': '"2001-01-01"',
    'x:': "'x:'",
    'a: b': "'a: b'",
    '# x': "'# x'",
    '- a': "'- a'",
    "it's": "it's",
    $$HOME: '$$HOME',
    '': '""',
    'x\x7fy': '"x\\x7fy"',
    '\x85': '"\\x85"',
    'a\u2028b\ufeff': '"a\\u2028b\\ufeff"',
  }
  for (const [text, written] of Object.entries(cases)) {
    test(`writes the text ${JSON.stringify(text)} as ${written}`, () => {
      expect(plainYaml({ a: text })).toBe(`a: ${written}\n`)
    })
    test(`writes the text ${JSON.stringify(text)} so that both versions of YAML read it back`, () => {
      for (const version of ['1.1', '1.2'] as const) {
        expect(parse(plainYaml({ a: text }), { version })).toEqual({ a: text })
      }
    })
  }

  test('writes a text of several lines as a block', () => {
    expect(plainYaml({ a: 'x\ny\n' })).toBe('a: |\n  x\n  y\n')
  })

  test('writes numbers, truth values and null plain', () => {
    expect(plainYaml({ a: 1, b: true, c: null })).toBe('a: 1\nb: true\nc: null\n')
  })
})
