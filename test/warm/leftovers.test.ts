import { closeSync, openSync } from 'node:fs'
import { expect, test } from 'vitest'
import { holdings, leftovers } from '../../src/warm/leftovers.ts'

const IDLE = { descriptors: 20, resources: new Map([['PipeWrap', 1]]) }

test('leftovers() names what is beyond the idle process', () => {
  expect(leftovers(IDLE, IDLE)).toEqual([])
  expect(leftovers({ descriptors: 28, resources: new Map() }, IDLE)).toEqual([])
  const more = new Map([
    ['PipeWrap', 2],
    ['Timeout', 1],
  ])
  expect(leftovers({ descriptors: 29, resources: more }, IDLE)).toEqual([
    '1 PipeWrap',
    '1 Timeout',
    '9 descriptors',
  ])
})

test('holdings() counts descriptors and timers', () => {
  const before = holdings()
  const fds = Array.from({ length: 9 }, () => openSync('/dev/null', 'r'))
  const timer = setTimeout(() => undefined, 60_000)
  try {
    expect(leftovers(holdings(), before)).toEqual(['1 Timeout', '9 descriptors'])
  } finally {
    clearTimeout(timer)
    for (const fd of fds) closeSync(fd)
  }
})
