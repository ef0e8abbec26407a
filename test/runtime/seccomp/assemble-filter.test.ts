import { expect, test } from 'vitest'
import { assembleFilter, type SyscallDecision } from '../../../src/runtime/seccomp/assemble-filter.ts'
import { runFilter } from '../../support/bpf-interpreter.ts'

const AUDIT = 0xc000003e
const ALLOW: SyscallDecision = { tests: [], otherwise: { kind: 'allow' } }
const deny = (errno: number): SyscallDecision => ({ tests: [], otherwise: { kind: 'errno', errno } })

test('assembleFilter() reaches over more than 255 instructions', () => {
  const ranges = Array.from({ length: 1500 }, (_, index) => ({
    from: index * 2,
    decision: index % 2 === 0 ? ALLOW : deny(index % 100),
  }))
  const filter = assembleFilter([
    { audit: AUDIT, ranges },
    { audit: 1, ranges: [{ from: 0, decision: deny(7) }] },
  ])
  for (const [index, { from, decision }] of ranges.entries()) {
    const expected = decision.otherwise.kind === 'allow' ? 0x7fff0000 : 0x50000 | (index % 100)
    expect(runFilter(filter, { audit: AUDIT, number: from, args: [] })).toBe(expected)
    expect(runFilter(filter, { audit: AUDIT, number: from + 1, args: [] })).toBe(expected)
  }
  expect(runFilter(filter, { audit: 1, number: 5, args: [] })).toBe(0x50007)
})

test('assembleFilter() takes the first test that holds', () => {
  const decision: SyscallDecision = {
    tests: [
      { test: { kind: 'equal', index: 1, value: 5 }, action: { kind: 'errno', errno: 9 } },
      { test: { kind: 'no-bits', index: 0, mask: 6 }, action: { kind: 'allow' } },
    ],
    otherwise: { kind: 'errno', errno: 1 },
  }
  const filter = assembleFilter([{ audit: AUDIT, ranges: [{ from: 0, decision }] }])
  const run = (...args: bigint[]): number => runFilter(filter, { audit: AUDIT, number: 0, args })
  expect(run(0n, 5n)).toBe(0x50009)
  expect(run(1n, 4n)).toBe(0x7fff0000)
  expect(run(2n, 4n)).toBe(0x50001)
})

test('assembleFilter() throws for a program that the kernel does not take', () => {
  const ranges = Array.from({ length: 3000 }, (_, from) => ({ from, decision: ALLOW }))
  expect(() => assembleFilter([{ audit: AUDIT, ranges }])).toThrow(/expected 4096 at most$/)
})
