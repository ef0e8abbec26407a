import { expect, test } from 'vitest'
import { sample } from '../../../scripts/mutation/sample.ts'

const ITEMS = Array.from({ length: 100 }, (_, index) => index)

test('sample() returns the same items for the same seed, in their order', () => {
  const chosen = sample(ITEMS, 10, 7)
  expect(new Set(chosen).size).toBe(10)
  expect(chosen).toEqual(chosen.toSorted((a, b) => a - b))
  expect(sample(ITEMS, 10, 7)).toEqual(chosen)
})

test('sample() returns others for another seed', () => {
  expect(sample(ITEMS, 10, 8)).not.toEqual(sample(ITEMS, 10, 7))
})

test('sample() returns all if there are fewer', () => {
  expect(sample(['a', 'b'], 10, 1)).toEqual(['a', 'b'])
})
