import fc from 'fast-check'
import { expect, test } from 'vitest'
import { SECCOMP_OPERATORS, type SeccompOperator } from '../../../src/model/seccomp-profile.ts'
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

const comparisons: Readonly<Record<SeccompOperator, (arg: bigint, value: bigint, two: bigint) => boolean>> = {
  SCMP_CMP_NE: (arg, value) => arg !== value,
  SCMP_CMP_LT: (arg, value) => arg < value,
  SCMP_CMP_LE: (arg, value) => arg <= value,
  SCMP_CMP_EQ: (arg, value) => arg === value,
  SCMP_CMP_GE: (arg, value) => arg >= value,
  SCMP_CMP_GT: (arg, value) => arg > value,
  SCMP_CMP_MASKED_EQ: (arg, value, two) => (arg & value) === two,
}

/** Numbers whose halves are often the same. */
const half = fc.constantFrom(0n, 1n, 2n, 0x7fffffffn, 0x80000000n, 0xffffffffn)
const number64 = fc.tuple(half, half).map(([high, low]) => (high << 32n) | low)

for (const op of SECCOMP_OPERATORS) {
  test(`assembleFilter() compares all 64 bits with ${op}, alone and with another one`, () => {
    fc.assert(
      fc.property(fc.tuple(number64, number64, number64), half, ([arg, value, valueTwo], second) => {
        const compare = { kind: 'compare', index: 2, op, value, valueTwo } as const
        const other = { kind: 'compare', index: 4, op: 'SCMP_CMP_EQ', value: second, valueTwo: 0n } as const
        const decision: SyscallDecision = {
          tests: [
            { test: { kind: 'all', tests: [compare, other] }, action: { kind: 'trap' } },
            { test: compare, action: { kind: 'kill-thread' } },
          ],
          otherwise: { kind: 'log' },
        }
        const filter = assembleFilter([{ audit: AUDIT, ranges: [{ from: 0, decision }] }])
        const run = (last: bigint): number =>
          runFilter(filter, { audit: AUDIT, number: 0, args: [0n, 0n, arg, 0n, last] })
        const holds = comparisons[op](arg, value, valueTwo)
        expect(run(second)).toBe(holds ? 0x30000 : 0x7ffc0000)
        expect(run(second + 1n)).toBe(holds ? 0 : 0x7ffc0000)
      }),
    )
  })
}

for (const [action, verdict] of [
  [{ kind: 'trace', message: 7 }, 0x7ff00007],
  [{ kind: 'kill-process' }, 0x80000000],
] as const) {
  test(`assembleFilter() gives ${verdict.toString(16)} for ${action.kind}`, () => {
    const ranges = [{ from: 0, decision: { tests: [], otherwise: action } }]
    const filter = assembleFilter([{ audit: AUDIT, ranges }])
    expect(runFilter(filter, { audit: AUDIT, number: 3, args: [] })).toBe(verdict)
  })
}
