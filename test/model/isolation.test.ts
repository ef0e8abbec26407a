import { expect, test } from 'vitest'
import { ISOLATIONS, parseIsolation } from '../../src/model/isolation.ts'

test('parseIsolation() knows its classes, and nothing else', () => {
  expect(ISOLATIONS.map(name => parseIsolation(name))).toEqual(ISOLATIONS)
  expect(parseIsolation('VM')).toBeUndefined()
  expect(parseIsolation(undefined)).toBeUndefined()
})
