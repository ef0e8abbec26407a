import { expect, test } from 'vitest'
import { probeArgv } from '../../../../src/engine/local/apply/compile-health-probe.ts'

test('probeArgv() runs a list as it is', () => {
  expect(probeArgv({ kind: 'exec', argv: ['pg_isready', '-q'] }, ['/bin/ash', '-c'])).toEqual([
    'pg_isready',
    '-q',
  ])
})

test("probeArgv() runs a command with the image's shell, or with sh", () => {
  expect(probeArgv({ kind: 'shell', command: 'a b' })).toEqual(['/bin/sh', '-c', 'a b'])
  expect(probeArgv({ kind: 'shell', command: 'a b' }, ['/bin/ash', '-ec'])).toEqual([
    '/bin/ash',
    '-ec',
    'a b',
  ])
})

test('probeArgv() gives further words to the shell, as Docker does', () => {
  const test = { kind: 'shell', command: 'a b', parameters: ['c', 'd'] } as const
  expect(probeArgv(test)).toEqual(['/bin/sh', '-c', 'a b', 'c', 'd'])
})
