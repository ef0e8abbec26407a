import { closeSync, openSync } from 'node:fs'
import { expect, test } from 'vitest'
import { isTerminal } from '../../src/cli/is-terminal.ts'

const cases: ReadonlyArray<{ readonly path: string; readonly is: boolean }> = [
  { path: '/dev/null', is: false },
  { path: '/dev/urandom', is: false },
  { path: '/proc/self/status', is: false },
  { path: '/dev/ptmx', is: true },
]
for (const { path, is } of cases) {
  test(`isTerminal() says ${is ? 'yes' : 'no'} to ${path}`, () => {
    const descriptor = openSync(path, path === '/dev/ptmx' ? 'r+' : 'r')
    try {
      expect(isTerminal(descriptor)).toBe(is)
    } finally {
      closeSync(descriptor)
    }
  })
}

test('isTerminal() says no to a descriptor that is closed', () => {
  expect(isTerminal(4095)).toBe(false)
})
