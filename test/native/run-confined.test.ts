import { expect, test } from 'vitest'
import { runConfined } from './run-confined.ts'

test('runConfined() runs a program without capabilities, and not as root', () => {
  const { stdout } = runConfined('/bin/grep', ['-E', '^(CapEff|CapPrm|Uid):', '/proc/self/status'])
  expect(stdout.match(/^Uid:\t(\d+)/)?.[1]).toMatch(/^[1-9]/)
  expect(stdout.match(/^Cap.*/gm)).toEqual(['CapPrm:\t0000000000000000', 'CapEff:\t0000000000000000'])
})
