import { expect, test } from 'vitest'
import type { RunEnd } from '../../../src/app/index.ts'
import { type AbortMode, AbortRule } from '../../../src/cli/attach/abort-rule.ts'
import { containerIdOf } from '../../support/apply-plan.ts'

function anEnd(service: string, exitCode: number | undefined, isRestarting = false): RunEnd {
  return {
    kind: 'end',
    container: containerIdOf(1),
    name: `shop-${service}-1`,
    service,
    number: 1,
    exitCode,
    isRestarting,
  }
}

const ENDS = [anEnd('a', 0), anEnd('b', 3, true), anEnd('b', 4), anEnd('c', 5)]

interface Case {
  readonly name: string
  readonly mode: AbortMode | undefined
  /** The end that stops the others, counted from 0. */
  readonly taken: number | undefined
  readonly exitCode: number
}

const CASES: readonly Case[] = [
  { name: 'nothing', mode: undefined, taken: undefined, exitCode: 0 },
  { name: 'the first end', mode: { isFailureOnly: false, exitCodeFrom: undefined }, taken: 0, exitCode: 0 },
  {
    name: 'the first failure',
    mode: { isFailureOnly: true, exitCodeFrom: undefined },
    taken: 2,
    exitCode: 4,
  },
  {
    name: 'the first end for another',
    mode: { isFailureOnly: false, exitCodeFrom: 'c' },
    taken: 0,
    exitCode: 5,
  },
  { name: 'a failure for another', mode: { isFailureOnly: true, exitCodeFrom: 'x' }, taken: 2, exitCode: 0 },
]

test.each(CASES)('AbortRule stops at $name, and has its exit code', ({ mode, taken, exitCode }) => {
  const rule = new AbortRule(mode)
  expect(ENDS.map(end => rule.take(end))).toEqual(ENDS.map((_, index) => index === taken))
  expect(rule.exitCode).toBe(exitCode)
})

test('AbortRule takes an end that nobody saw for a failure', () => {
  const rule = new AbortRule({ isFailureOnly: true, exitCodeFrom: undefined })
  expect(rule.take(anEnd('a', undefined))).toBe(true)
  expect(rule.exitCode).toBe(1)
})
