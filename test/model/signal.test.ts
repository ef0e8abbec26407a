import { constants } from 'node:os'
import { expect, test } from 'vitest'
import { isStopSignal, SIGNAL_NAMES, signalNumber } from '../../src/model/signal.ts'

for (const [text, number] of [
  ['SIGTERM', 15],
  ['TERM', 15],
  ['term', 15],
  ['15', 15],
  ['SIGQUIT', 3],
  ['SIGWINCH', 28],
  ['SIGRTMIN', 34],
  ['SIGRTMIN+3', 37],
  ['RTMAX-1', 63],
] as const) {
  test(`signalNumber() reads ${text} as ${number}`, () => {
    expect(signalNumber(text)).toBe(number)
  })
}

for (const text of [
  '',
  'SIG',
  '0',
  '65',
  '99',
  'SIGFOO',
  'SIGTREM',
  'SIGRTMIN+31',
  'SIGRTMAX+1',
  '-9',
  '9.5',
]) {
  test(`signalNumber() finds no signal for ${JSON.stringify(text)}`, () => {
    expect(signalNumber(text)).toBeUndefined()
  })
}

test('signalNumber() has the numbers of this kernel for every name', () => {
  const numbers = new Map(Object.entries(constants.signals))
  expect(SIGNAL_NAMES.filter(name => signalNumber(name) !== numbers.get(name))).toEqual([])
  expect([...numbers].filter(([name, number]) => signalNumber(name) !== number)).toEqual([])
})

test.each([
  ['SIGTERM', true],
  ['term', true],
  ['9', true],
  ['-9', true],
  ['1000', true],
  ['0', false],
  ['+0', false],
  ['SIGFOO', false],
  ['', false],
])('isStopSignal() of %j is %j', (text, is) => {
  expect(isStopSignal(text)).toBe(is)
})
