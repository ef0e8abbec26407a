import { describe, expect, test } from 'vitest'
import { parse } from 'yaml'
import { isCoreWord, plainNumberText, plainScalarValue } from '../../../src/parser/document/plain-scalar.ts'

describe('plainScalarValue()', () => {
  const core = [
    'a',
    'yes',
    'true',
    'Null',
    '~',
    '0',
    '1.5',
    '1.',
    '-3',
    '.',
    '1.2.3',
    '1e',
    '+',
    '.a',
    '0x1f',
    '1e3',
  ]
  const rare = [
    '.5',
    '.inf',
    '-.INF',
    '.nan',
    '0o17',
    '1234567890123',
    '+7',
    '08',
    '1:30',
    '0o8',
    '0xg',
    '_1',
  ]
  for (const text of [...core, ...rare]) {
    test(`makes of ${text} what YAML's core schema does`, () => {
      expect(plainScalarValue(text)).toEqual(parse(text))
    })
  }

  const go: Readonly<Record<string, number>> = {
    '010': 8,
    '-010': -8,
    '0b11': 3,
    '1_000': 1000,
    '1_000.5': 1000.5,
  }
  for (const [text, value] of Object.entries(go)) {
    test(`makes of ${text} what Go's reader does`, () => {
      expect(plainScalarValue(text)).toBe(value)
    })
  }
})

describe('plainNumberText()', () => {
  // As docker compose prints an environment that holds these numbers.
  const texts: Readonly<Record<string, string>> = {
    '010': '8',
    '0x1f': '31',
    '0b11': '3',
    '1_0': '10',
    '08': '8',
    '0o17': '15',
    '1.0': '1',
    '1.50': '1.5',
    '1e2': '100',
    '-010': '-8',
    '00': '0',
    '1_000.5': '1000.5',
    '.5': '0.5',
    '5.': '5',
    '+5': '5',
    '9223372036854775808': '9223372036854775808',
    '99999999999999999999': '1e+20',
    '100000000000000000000.5': '1e+20',
    '1e21': '1e+21',
    '1e-7': '1e-07',
    '123456789.123': '1.23456789123e+08',
    '1E3': '1000',
    '20000000.0': '2e+07',
  }
  for (const [text, written] of Object.entries(texts)) {
    test(`writes ${text} as ${written}`, () => {
      expect(plainNumberText(text)).toBe(written)
    })
  }
})

describe('isCoreWord()', () => {
  test('knows the words of truth and of nothing, and no others', () => {
    const words = ['true', 'False', 'NULL', '~', 'yes', 'TRue', '']
    expect(words.filter(isCoreWord)).toEqual(['true', 'False', 'NULL', '~'])
  })
})
