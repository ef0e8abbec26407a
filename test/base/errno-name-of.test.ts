import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { errnoNameOf } from '../../src/base/errno-name-of.ts'
import { SystemCallError } from '../../src/linux/libc.ts'

test("errnoNameOf() reads Node's errors and those of system calls", () => {
  const failure = (): unknown => {
    try {
      return readFileSync('/nowhere')
    } catch (error) {
      return error
    }
  }
  expect(errnoNameOf(failure())).toBe('ENOENT')
  expect(errnoNameOf(new SystemCallError('mount', 16, '/x'))).toBe('EBUSY')
})

test('errnoNameOf() gives undefined for what no system call is behind', () => {
  expect(errnoNameOf(new Error('x'))).toBeUndefined()
  expect(errnoNameOf('ENOENT')).toBeUndefined()
})
