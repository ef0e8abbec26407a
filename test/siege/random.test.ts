import { expect, test } from 'vitest'
import { caseOf, Random } from './random.ts'

test('Random returns the same numbers for the same seed, and others for another', () => {
  const numbers = (seed: number) => {
    const random = new Random(seed)
    return Array.from({ length: 20 }, () => random.below(1000))
  }
  expect(numbers(7)).toEqual(numbers(7))
  expect(numbers(7)).not.toEqual(numbers(8))
  expect(new Set(numbers(7)).size).toBeGreaterThan(15)
  expect(numbers(7).every(number => number >= 0 && number < 1000)).toBe(true)
})

test('pick() meets every choice', () => {
  const random = new Random(1)
  const seen = new Set(Array.from({ length: 100 }, () => random.pick(['a', 'b', 'c'])))
  expect([...seen].toSorted()).toEqual(['a', 'b', 'c'])
})

test('caseOf() meets every case in as many seeds as there are cases', () => {
  for (const count of [1, 2, 3, 7, 60, 220]) {
    const cases = Array.from({ length: count }, (_, number) => number)
    const seen = cases.map(offset => caseOf(cases, 1000 + offset))
    expect(seen.toSorted((a, b) => a - b)).toEqual(cases)
  }
})
