import { InvalidArgumentError } from 'commander'
import { describe, expect, test } from 'vitest'
import {
  parseCount,
  parseIndex,
  parseScale,
  parseSeconds,
  parseTime,
} from '../../../src/cli/options/option-values.ts'

const NOW = Date.parse('2026-11-23T12:00:00Z')

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

const times = [
  { text: '10s', time: '2026-11-23T11:59:50.000Z' },
  { text: '42m', time: '2026-11-23T11:18:00.000Z' },
  { text: '1.5h', time: '2026-11-23T10:30:00.000Z' },
  { text: '1795434000', time: '2026-11-23T11:40:00.000Z' },
  { text: '1795434000.5', time: '2026-11-23T11:40:00.500Z' },
  { text: '2026-01-31T08:00:00+02:00', time: '2026-01-31T06:00:00.000Z' },
]
for (const { text, time } of times) {
  test(`parseTime() reads ${text} as ${time}`, () => expect(parseTime(text, NOW)).toBe(time))
}

for (const text of ['', 'yesterday', '10d', '-5m']) {
  test(`parseTime() refuses "${text}"`, () => {
    expect(() => parseTime(text, NOW)).toThrow('Expected a time such as')
  })
}
