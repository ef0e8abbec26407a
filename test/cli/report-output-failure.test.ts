import { expect, test } from 'vitest'
import { reportOutputFailure } from '../../src/cli/report-output-failure.ts'
import { recordedOutput } from '../support/cli-ports.ts'

function report(exitCode: number, code?: string) {
  const stderr = recordedOutput()
  const failure = code === undefined ? undefined : Object.assign(new Error(code), { code, syscall: 'write' })
  const stdout = { ...recordedOutput(), failure }
  return [reportOutputFailure(exitCode, { stdout, stderr }), stderr.text] as const
}

test('reportOutputFailure() changes nothing where all output was written', () => {
  expect([report(0), report(3)]).toEqual([
    [0, ''],
    [3, ''],
  ])
})

test('reportOutputFailure() says that output was lost, and makes a success a failure', () => {
  const [exitCode, said] = report(0, 'ENOSPC')
  expect(exitCode).toBe(1)
  expect(said).toMatch(/^error\[TC\w+\]: Cannot write .*standard output.*\n$/)
  expect(report(3, 'ENOSPC')[0]).toBe(3)
})

test('reportOutputFailure() loses no word on a reader that has ended', () => {
  expect(report(0, 'EPIPE')).toEqual([1, ''])
  expect(report(3, 'EPIPE')).toEqual([3, ''])
})
