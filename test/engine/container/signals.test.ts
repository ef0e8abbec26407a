import { expect, test } from 'vitest'
import { parseSignal } from '../../../src/engine/container/signals.ts'

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
  test(`parseSignal() reads ${text} as ${number}`, () => {
    expect(parseSignal(text)).toBe(number)
  })
}

for (const text of ['', 'SIG', '0', '65', 'SIGFOO', 'SIGRTMIN+31', 'SIGRTMAX+1', '-9', '9.5']) {
  test(`parseSignal() rejects ${JSON.stringify(text)}`, () => {
    expect(() => parseSignal(text)).toThrow(new RegExp(`^Cannot use signal "${text.replace('+', '\\+')}"`))
  })
}
