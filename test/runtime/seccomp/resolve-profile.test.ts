import { describe, expect, test } from 'vitest'
import { parseSeccompProfile } from '../../../src/parser/seccomp/parse-seccomp-profile.ts'
import { capabilitySet, DEFAULT_CAPABILITIES } from '../../../src/runtime/capabilities.ts'
import { resolvedProfile, resolvedSpec } from '../../../src/runtime/seccomp/resolve-profile.ts'
import { compileFilter } from '../../../src/runtime/seccomp/seccomp-filter.ts'
import { ABI_COLUMN, SYSCALL_NUMBERS } from '../../../src/runtime/seccomp/syscall-numbers.ts'
import { runFilter } from '../../support/bpf-interpreter.ts'

const on = { machine: 'x64', capabilities: DEFAULT_CAPABILITIES, kernelRelease: '5.10.0-1-amd64' } as const
const [ALLOW, ERRNO, KILL, LOG] = [0x7fff0000, 0x50000, 0x80000000, 0x7ffc0000]

const file = (profile: object) => parseSeccompProfile(JSON.stringify(profile))
const numberOf = (name: string): number =>
  SYSCALL_NUMBERS.find(([known]) => known === name)?.[ABI_COLUMN.x86_64] ?? -1

/** What the compiled profile says to a call. */
function verdict(
  profile: object,
  name: string,
  { args = [], audit = 0xc000003e, extra = 0, changes = {} }: VerdictOptions = {},
): number {
  const machine = { ...on, ...changes }
  const filter = compileFilter(resolvedProfile(file(profile), machine), 'x64', machine.capabilities)
  return runFilter(filter, { audit, number: numberOf(name) + extra, args })
}

interface VerdictOptions {
  readonly args?: readonly bigint[]
  readonly audit?: number
  readonly extra?: number
  readonly changes?: { readonly capabilities?: bigint; readonly kernelRelease?: string }
}

const deny = (...syscalls: readonly object[]) => ({ defaultAction: 'SCMP_ACT_ALLOW', syscalls })
const allow = (...syscalls: readonly object[]) => ({ defaultAction: 'SCMP_ACT_ERRNO', syscalls })
const rule = (changes: object) => ({ names: ['mkdir'], action: 'SCMP_ACT_ALLOW', ...changes })

describe('resolvedProfile()', () => {
  test('has the default action for what no rule names, and EPERM where an errno is not given', () => {
    expect(verdict(deny(), 'mkdir')).toBe(ALLOW)
    expect(verdict(allow(), 'mkdir')).toBe(ERRNO | 1)
    expect(verdict({ ...allow(), defaultErrnoRet: 38 }, 'mkdir')).toBe(ERRNO | 38)
    expect(verdict(deny(rule({ action: 'SCMP_ACT_ERRNO' })), 'mkdir')).toBe(ERRNO | 1)
    expect(verdict(deny(rule({ action: 'SCMP_ACT_ERRNO', errnoRet: 99 })), 'mkdir')).toBe(ERRNO | 99)
    expect(verdict(deny(rule({ action: 'SCMP_ACT_LOG' })), 'mkdir')).toBe(LOG)
  })

  test('lets calls pass that are newer than the tables only where the default does', () => {
    expect(verdict(deny(), 'read', { extra: 5000 })).toBe(ALLOW)
    expect(verdict(allow(), 'read', { extra: 5000 })).toBe(ERRNO | 38)
  })

  for (const [title, changes, machine, applies] of [
    ['includes of a capability that is there', { includes: { caps: ['CAP_CHOWN'] } }, {}, true],
    [
      'includes of one of two capabilities',
      { includes: { caps: ['CAP_CHOWN', 'CAP_SYS_ADMIN'] } },
      {},
      false,
    ],
    ['excludes of a capability that is there', { excludes: { caps: ['CAP_CHOWN', 'CAP_BPF'] } }, {}, false],
    ['excludes of one that is not', { excludes: { caps: ['CAP_SYS_ADMIN'] } }, {}, true],
    [
      'includes of one that was added',
      { includes: { caps: ['CAP_SYS_ADMIN'] } },
      { capabilities: capabilitySet(['SYS_ADMIN']) },
      true,
    ],
    ['includes of the architecture', { includes: { arches: ['s390', 'amd64'] } }, {}, true],
    ['includes of another', { includes: { arches: ['arm64'] } }, {}, false],
    ['excludes of the architecture', { excludes: { arches: ['amd64'] } }, {}, false],
    ['an older kernel', { includes: { minKernel: '4.19' } }, {}, true],
    ['a newer kernel', { includes: { minKernel: '5.11' } }, {}, false],
    ['a kernel that is newer now', { includes: { minKernel: '5.11' } }, { kernelRelease: '6.1.0' }, true],
    ['an excluded kernel', { excludes: { minKernel: '5.10' } }, {}, false],
  ] as const) {
    test(`${applies ? 'counts' : 'passes over'} a rule with ${title}`, () =>
      expect(verdict(allow(rule(changes)), 'mkdir', { changes: machine })).toBe(applies ? ALLOW : ERRNO | 1))
  }

  test('has all comparisons of different arguments hold, and one of those of the same', () => {
    const equal = (index: number, value: number) => ({ index, value, op: 'SCMP_CMP_EQ' })
    const both = allow(rule({ args: [equal(0, 1), equal(1, 2)] }))
    expect(verdict(both, 'mkdir', { args: [1n, 2n] })).toBe(ALLOW)
    expect(verdict(both, 'mkdir', { args: [1n, 3n] })).toBe(ERRNO | 1)
    const either = allow(rule({ args: [equal(0, 1), equal(0, 2)] }))
    expect(verdict(either, 'mkdir', { args: [2n] })).toBe(ALLOW)
    expect(verdict(either, 'mkdir', { args: [3n] })).toBe(ERRNO | 1)
  })

  test('compares values of 64 bits', () => {
    const text = `{"defaultAction":"SCMP_ACT_ERRNO","syscalls":[{"names":["mkdir"],"action":"SCMP_ACT_ALLOW",
      "args":[{"index":1,"value":18446744073709551615,"op":"SCMP_CMP_EQ"}]}]}`
    const filter = compileFilter(resolvedProfile(parseSeccompProfile(text), on), 'x64', on.capabilities)
    const run = (arg: bigint) =>
      runFilter(filter, { audit: 0xc000003e, number: numberOf('mkdir'), args: [0n, arg] })
    expect(run(2n ** 64n - 1n)).toBe(ALLOW)
    expect(run(2n ** 64n - 2n)).toBe(ERRNO | 1)
  })

  test('kills what comes over an architecture that the profile does not list', () => {
    const native = { ...deny(), architectures: ['SCMP_ARCH_X86_64'] }
    expect(verdict(native, 'read')).toBe(ALLOW)
    expect(verdict(native, 'read', { audit: 0x40000003 })).toBe(KILL)
    expect(verdict(native, 'read', { extra: 0x40000000 })).toBe(KILL)
    const archMap = [{ architecture: 'SCMP_ARCH_X86_64', subArchitectures: ['SCMP_ARCH_X86'] }]
    expect(verdict({ ...deny(), archMap }, 'read', { audit: 0x40000003 })).toBe(ALLOW)
  })
})

test('resolvedSpec() has the rules that apply in the words of the OCI', () => {
  const profile = allow(
    rule({ args: [{ index: 0, value: 2114060288, valueTwo: 0, op: 'SCMP_CMP_MASKED_EQ' }] }),
    rule({ excludes: { caps: ['CAP_CHOWN'] } }),
  )
  expect(resolvedSpec(file(profile), on)).toEqual({
    defaultAction: 'SCMP_ACT_ERRNO',
    architectures: ['SCMP_ARCH_X86_64'],
    syscalls: [
      {
        names: ['mkdir'],
        action: 'SCMP_ACT_ALLOW',
        args: [{ index: 0, value: 2114060288n, valueTwo: 0n, op: 'SCMP_CMP_MASKED_EQ' }],
      },
    ],
  })
})
