import { describe, expect, test } from 'vitest'
import type { CommandResult } from '../support/test-project.ts'
import { expectHonest } from './expect-honest.ts'

const ended = (exitCode: number | null, stderr = ''): CommandResult => ({
  exitCode,
  signal: exitCode === null ? 'SIGSEGV' : null,
  stdout: '',
  stderr,
})

const FULL = 'error[TC2006]: Cannot write "/x": the disk is full\n'

describe('expectHonest()', () => {
  test('accepts success, and an error that the round explains', () => {
    expectHonest('up', ended(0))
    expectHonest('up', ended(1, FULL), { errors: ['TC2006'] })
  })

  for (const { what, result } of [
    { what: 'an error that nothing explains', result: ended(1, FULL.replace('2006', '4001')) },
    { what: 'one such error among others', result: ended(1, `${FULL}${FULL.replace('2006', '4001')}`) },
    { what: 'an exit code without an error', result: ended(1) },
    { what: 'another exit code', result: ended(2, FULL) },
    { what: 'a crash', result: ended(null) },
    { what: 'a bug', result: ended(1, `${FULL}error: internal error: x\n`) },
    { what: 'a trace in spite of success', result: ended(0, '    at f (/tcompose.js:1:2)\n') },
  ]) {
    test(`refuses ${what}`, () => {
      expect(() => expectHonest('up', result, { errors: ['TC2006'] })).toThrow('up ended with')
    })
  }
})
