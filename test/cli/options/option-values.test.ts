import { InvalidArgumentError } from 'commander'
import { describe, expect, test } from 'vitest'
import { parseCount, parseIndex, parseScale, parseSeconds } from '../../../src/cli/options/option-values.ts'

describe('parseCount()', () => {
  for (const [text, count] of [
    ['0', 0],
    ['10', 10],
    ['999999999', 999_999_999],
  ] as const)
    test(`reads ${text}`, () => expect(parseCount(text)).toBe(count))

  for (const text of ['', '-1', '1.5', '1s', ' 1', '0x1', '1e3', '1000000000'])
    test(`refuses "${text}"`, () => expect(() => parseCount(text)).toThrow(InvalidArgumentError))
})

test('parseSeconds() returns milliseconds', () => {
  expect([parseSeconds('0'), parseSeconds('7')]).toEqual([0, 7000])
})

test('parseIndex() counts from 1', () => {
  expect([parseIndex('1'), parseIndex('12')]).toEqual([1, 12])
  expect(() => parseIndex('0')).toThrow('Expected a number of 1 or more')
})

test('parseScale() adds to what was given before, and the last of a service counts', () => {
  const first = parseScale('web=3', undefined)
  const second = parseScale('db=0', first)
  expect(second).toEqual(
    new Map([
      ['web', 3],
      ['db', 0],
    ]),
  )
  expect(parseScale('web=1', second).get('web')).toBe(1)
  expect(first.size).toBe(1)
})

for (const text of ['web', 'web=', '=3', 'web=-1', 'web=x', 'web=1=2']) {
  test(`parseScale() refuses "${text}"`, () => {
    expect(() => parseScale(text, undefined)).toThrow('Expected SERVICE=NUMBER')
  })
}
