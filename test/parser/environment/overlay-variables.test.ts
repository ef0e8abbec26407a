import { expect, test } from 'vitest'
import { overlayVariables } from '../../../src/parser/environment/overlay-variables.ts'

test('overlayVariables() lets an earlier layer hide a later one, an empty value included', () => {
  const variables = overlayVariables(
    new Map([['A', '']]),
    new Map([
      ['A', 'late'],
      ['B', 'late'],
    ]),
  )
  expect([variables.get('A'), variables.get('B'), variables.get('C')]).toEqual(['', 'late', undefined])
})

test('overlayVariables() lists each name once, as a lookup finds it', () => {
  const variables = overlayVariables(
    new Map([['A', '1']]),
    new Map([
      ['A', '2'],
      ['B', '3'],
    ]),
  )
  expect(new Map(variables)).toEqual(
    new Map([
      ['A', '1'],
      ['B', '3'],
    ]),
  )
  expect([variables.size, variables.has('B'), variables.has('C')]).toEqual([2, true, false])
})
