import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { isCoreWord, plainScalarValue } from '../../../src/parser/document/plain-scalar.ts'

describe('plainScalarValue()', () => {
  for (const text of [
    'a',
    'yes',
    'true',
    'Null',
    '~',
    '0',
    '-0',
    '007',
    '1.5',
    '1.',
    '-3',
    '.',
    '-',
    '1.2.3',
    '1e',
    '+',
    '.a',
  ]) {
    test(`makes of ${text} what YAML does`, () => {
      expect(plainScalarValue(text)).toEqual(text === '-' ? '-' : parse(text))
    })
  }

  for (const text of ['0x1f', '0o17', '1e3', '.5', '.inf', '-.INF', '.nan', '1234567890123']) {
    test(`leaves ${text} to others`, () => {
      expect(plainScalarValue(text)).toBeUndefined()
    })
  }
})

describe('isCoreWord()', () => {
  test('knows the words of truth and of nothing, and no others', () => {
    const words = ['true', 'False', 'NULL', '~', 'yes', 'TRue', '']
    expect(words.filter(isCoreWord)).toEqual(['true', 'False', 'NULL', '~'])
  })
})
