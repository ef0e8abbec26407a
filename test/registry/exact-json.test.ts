import { expect, test } from 'vitest'
import { formatExactJson, parseExactJson } from '../../src/registry/exact-json.ts'

for (const text of [
  '12345678901234567890123',
  '1.10',
  '1e400',
  '-0',
  '[\n\t1.0,\n\t"a\\u0000b",\n\tnull\n]',
  '{\n\t"__proto__": {\n\t\t"a": 1\n\t},\n\t"b": true\n}',
]) {
  test(`parseExactJson() and formatExactJson() keep ${JSON.stringify(text)}`, () => {
    expect(formatExactJson(parseExactJson(text))).toBe(text)
  })
}

test('parseExactJson() rejects what is not JSON', () => {
  expect(() => parseExactJson('{')).toThrow(SyntaxError)
})
