import { expect, test } from 'vitest'
import { parseGoBool } from '../../src/base/parse-go-bool.ts'

test.each([
  ['1', true],
  ['t', true],
  ['TRUE', true],
  ['True', true],
  ['0', false],
  ['F', false],
  ['false', false],
  ['tRUE', undefined],
  ['yes', undefined],
  ['', undefined],
])('parseGoBool() of %j is %j', (text, value) => {
  expect(parseGoBool(text)).toBe(value)
})
