import { expect, test } from 'vitest'
import { isNamed, namedOr } from '../../src/base/named-services.ts'

test('isNamed() is true of each service where none is named', () => {
  expect(isNamed(undefined, 'web')).toBe(true)
  expect(isNamed([], 'web')).toBe(true)
  expect(isNamed(['db', 'web'], 'web')).toBe(true)
  expect(isNamed(['db'], 'web')).toBe(false)
})

test('namedOr() is what is named, or all', () => {
  expect(namedOr(undefined, ['web'])).toEqual(['web'])
  expect(namedOr([], ['web'])).toEqual(['web'])
  expect(namedOr(['db'], ['web'])).toEqual(['db'])
})
