import { expect, test } from 'vitest'
import { editDistance } from '../../src/base/edit-distance.ts'

const pairs: ReadonlyArray<readonly [string, string, number]> = [
  ['', '', 0],
  ['latest', 'latest', 0],
  ['lastest', 'latest', 1],
  ['laetst', 'latest', 1],
  ['7.22', '7.2', 1],
  ['abc', 'xyz', 3],
]

for (const [from, to, distance] of pairs) {
  test(`editDistance() finds ${distance} slips between "${from}" and "${to}", both ways`, () => {
    expect(editDistance(from, to, 10)).toBe(distance)
    expect(editDistance(to, from, 10)).toBe(distance)
  })
}

test('editDistance() gives up at the limit and at long texts', () => {
  expect(editDistance('abc', 'xyz', 2)).toBe(Number.POSITIVE_INFINITY)
  expect(editDistance('a'.repeat(65), 'a'.repeat(65), 2)).toBe(Number.POSITIVE_INFINITY)
})
