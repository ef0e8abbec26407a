import fc from 'fast-check'
import { expect, test } from 'vitest'
import { CAPABILITY_NAMES, capabilitySet, DEFAULT_CAPABILITIES } from '../../../src/runtime/capabilities.ts'
import { type ArgumentTest, DEFAULT_PROFILE } from '../../../src/runtime/seccomp/default-profile.ts'
import { ruleApplies } from '../../../src/runtime/seccomp/rule-applies.ts'
import {
  compileFilter,
  type FilterMachine,
  seccompFilter,
} from '../../../src/runtime/seccomp/seccomp-filter.ts'
import { ABI_COLUMN, type Abi, SYSCALL_NUMBERS } from '../../../src/runtime/seccomp/syscall-numbers.ts'
import { filterDepth, runFilter } from '../../support/bpf-interpreter.ts'

const ALLOW = 0x7fff0000
const KILL = 0x80000000
const errno = (number: number): number => 0x50000 | number
const [EPERM, ENOSYS] = [1, 38]

const X86_64 = 0xc000003e
const machines: readonly (readonly [FilterMachine, number, Abi])[] = [
  ['x64', X86_64, 'x86_64'],
  ['x64', X86_64, 'x32'],
  ['x64', 0x40000003, 'x86'],
  ['arm64', 0xc00000b7, 'aarch64'],
  ['arm64', 0x40000028, 'arm'],
]

const named = new Map(SYSCALL_NUMBERS.map(row => [row[0], row]))

/** The profile read rule by rule, with no tree. */
function expected(abi: Abi, capabilities: bigint, call: { number: number; args: readonly bigint[] }): number {
  const column = ABI_COLUMN[abi]
  // The calls that x32 has of its own begin at 512.
  const newest = named.get(abi === 'x32' ? 'pwritev2' : 'open_tree_attr')?.[column] ?? 0
  const names = SYSCALL_NUMBERS.filter(row => row[column] === call.number).map(row => row[0])
  if (names.length === 0 && call.number > newest) return errno(ENOSYS)
  const rules = DEFAULT_PROFILE.rules.filter(
    rule => ruleApplies(rule, abi, capabilities) && rule.names.some(name => names.includes(name)),
  )
  const plain = rules.find(rule => rule.test === undefined)
  const decides = plain ?? rules.find(rule => rule.test !== undefined && holds(rule.test, call.args))
  if (decides === undefined) return errno(EPERM)
  return decides.action.kind === 'errno' ? errno(decides.action.errno) : ALLOW
}

function holds(argument: ArgumentTest, args: readonly bigint[]): boolean {
  if (argument.kind === 'compare' || argument.kind === 'all')
    throw new Error('The default profile has no such test')
  const value = Number(BigInt.asUintN(32, args[argument.index] ?? 0n))
  if (argument.kind === 'equal') return value === argument.value
  if (argument.kind === 'not-equal') return value !== argument.value
  return (value & argument.mask) === 0
}

const someArgs = fc.array(
  fc.oneof(
    fc.bigInt({ min: 0n, max: 2n ** 64n - 1n }),
    fc.constantFrom(0n, 8n, 40n, 0x20000n, 0x20008n, 0xffffffffn, 0x11n, 0x10000000n, 0x1_0000_0028n),
  ),
  { minLength: 6, maxLength: 6 },
)
const someCapabilities = fc.oneof(
  fc.constant(DEFAULT_CAPABILITIES),
  fc.subarray([...CAPABILITY_NAMES]).map(names => capabilitySet(names)),
)

for (const [machine, audit, abi] of machines) {
  const known = SYSCALL_NUMBERS.map(row => row[ABI_COLUMN[abi]]).filter(number => number >= 0)
  const first = Math.min(...known)
  const somewhere = fc.oneof(
    fc.constantFrom(...known),
    fc.integer({ min: first, max: Math.max(...known) + 50 }),
  )

  test(`seccompFilter() decides like the profile for ${abi}`, () => {
    fc.assert(
      fc.property(somewhere, someArgs, someCapabilities, (number, args, capabilities) => {
        const filter = seccompFilter(machine, capabilities)
        expect(runFilter(filter, { audit, number, args })).toBe(expected(abi, capabilities, { number, args }))
      }),
      { numRuns: 300 },
    )
  })

  test(`seccompFilter() decides like the profile for every known call of ${abi}`, () => {
    const filter = seccompFilter(machine, DEFAULT_CAPABILITIES)
    const args = [0x11n, 0n, 0n, 0n, 0n, 0n]
    for (const number of known) {
      expect(runFilter(filter, { audit, number, args }), `call ${number}`).toBe(
        expected(abi, DEFAULT_CAPABILITIES, { number, args }),
      )
    }
  })
}

const decisions = [
  { call: 'read', args: [], decision: ALLOW },
  { call: 'mount', args: [], decision: errno(EPERM) },
  { call: 'clone3', args: [], decision: errno(ENOSYS) },
  { call: 'clone', args: [0x11n], decision: ALLOW },
  { call: 'clone', args: [0x10000011n], decision: errno(EPERM) },
  { call: 'socket', args: [2n], decision: ALLOW },
  { call: 'socket', args: [40n], decision: errno(EPERM) },
  { call: 'socket', args: [0x1_0000_0028n], decision: errno(EPERM) },
  { call: 'personality', args: [8n], decision: ALLOW },
  { call: 'personality', args: [0x40000n], decision: errno(EPERM) },
  { call: 'io_uring_setup', args: [], decision: errno(EPERM) },
]
for (const { call, args, decision } of decisions) {
  test(`seccompFilter() gives ${decision.toString(16)} for ${call}(${args})`, () => {
    const filter = seccompFilter('x64', DEFAULT_CAPABILITIES)
    const number = named.get(call)?.[ABI_COLUMN.x86_64] ?? -1
    expect(runFilter(filter, { audit: X86_64, number, args: [...args, 0n, 0n, 0n] })).toBe(decision)
  })
}

test('seccompFilter() allows mount to a container with CAP_SYS_ADMIN', () => {
  const filter = seccompFilter('x64', capabilitySet(['SYS_ADMIN']))
  expect(
    runFilter(filter, { audit: X86_64, number: named.get('mount')?.[ABI_COLUMN.x86_64] ?? -1, args: [] }),
  ).toBe(ALLOW)
})

test('seccompFilter() kills a call of a foreign architecture', () => {
  const filter = seccompFilter('x64', DEFAULT_CAPABILITIES)
  expect(runFilter(filter, { audit: 0xc00000b7, number: 0, args: [] })).toBe(KILL)
})

test('seccompFilter() is a tree: a decision is at most 24 instructions away', () => {
  for (const machine of ['x64', 'arm64'] as const) {
    expect(filterDepth(seccompFilter(machine, DEFAULT_CAPABILITIES))).toBeLessThanOrEqual(24)
  }
})

test('seccompFilter() returns one filter for one capability set', () => {
  expect(seccompFilter('x64', 5n)).toBe(seccompFilter('x64', 5n))
  expect(compileFilter(DEFAULT_PROFILE, 'x64', 5n)).toEqual(seccompFilter('x64', 5n))
})

test('SYSCALL_NUMBERS names each call once, with no number twice in an ABI', () => {
  expect(new Set(SYSCALL_NUMBERS.map(row => row[0])).size).toBe(SYSCALL_NUMBERS.length)
  for (const abi of ['x86_64', 'x86', 'x32', 'aarch64', 'arm'] as const) {
    const numbers = SYSCALL_NUMBERS.map(row => row[ABI_COLUMN[abi]]).filter(number => number >= 0)
    expect(new Set(numbers).size, abi).toBe(numbers.length)
  }
})

test('DEFAULT_PROFILE names only calls that exist', () => {
  const unknown = DEFAULT_PROFILE.rules.flatMap(rule => rule.names).filter(name => !named.has(name))
  expect(unknown).toEqual([])
})
