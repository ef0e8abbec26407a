import { describe, expect, test } from 'vitest'
import type { SeccompRuleSpec } from '../../../src/oci/runtime-spec.ts'
import { capabilitySet, DEFAULT_CAPABILITIES } from '../../../src/runtime/capabilities.ts'
import { DEFAULT_PROFILE } from '../../../src/runtime/seccomp/default-profile.ts'
import { seccompSpec } from '../../../src/runtime/seccomp/seccomp-spec.ts'

const confined = { machine: 'x64', capabilities: DEFAULT_CAPABILITIES } as const
const spec = seccompSpec(DEFAULT_PROFILE, confined)

function rulesOf(name: string, { syscalls } = spec): readonly Omit<SeccompRuleSpec, 'names'>[] {
  return syscalls.filter(({ names }) => names.includes(name)).map(({ names: _, ...rule }) => rule)
}

describe('seccompSpec()', () => {
  test('denies what no rule allows, in every way to call the kernel', () => {
    expect(spec).toMatchObject({
      defaultAction: 'SCMP_ACT_ERRNO',
      defaultErrnoRet: 1,
      architectures: ['SCMP_ARCH_X86_64', 'SCMP_ARCH_X86', 'SCMP_ARCH_X32'],
    })
    expect(rulesOf('read')).toEqual([{ action: 'SCMP_ACT_ALLOW' }])
    expect(rulesOf('reboot')).toEqual([])
  })

  test('has the comparisons of arguments', () => {
    expect(rulesOf('socket')).toEqual([
      { action: 'SCMP_ACT_ALLOW', args: [{ index: 0, value: 40, op: 'SCMP_CMP_NE' }] },
    ])
    expect(rulesOf('personality').map(({ args }) => args?.[0]?.value)).toEqual([
      0, 8, 0x20000, 0x20008, 0xffffffff,
    ])
    expect(rulesOf('clone')).toEqual([
      {
        action: 'SCMP_ACT_ALLOW',
        args: [{ index: 0, value: 0x7e020000, valueTwo: 0, op: 'SCMP_CMP_MASKED_EQ' }],
      },
    ])
    expect(rulesOf('clone3')).toEqual([{ action: 'SCMP_ACT_ERRNO', errnoRet: 38 }])
  })

  test('goes by the capabilities that were granted', () => {
    const capabilities = DEFAULT_CAPABILITIES | capabilitySet(['SYS_ADMIN'])
    const more = seccompSpec(DEFAULT_PROFILE, { ...confined, capabilities })
    expect(rulesOf('clone3', more)).toEqual([{ action: 'SCMP_ACT_ALLOW' }])
    expect(rulesOf('mount', more)).toEqual([{ action: 'SCMP_ACT_ALLOW' }])
  })

  test('names the architectures of arm', () => {
    const arm = seccompSpec(DEFAULT_PROFILE, { ...confined, machine: 'arm64' })
    expect(arm.architectures).toEqual(['SCMP_ARCH_AARCH64', 'SCMP_ARCH_ARM'])
    expect(rulesOf('cacheflush', arm)).toEqual([{ action: 'SCMP_ACT_ALLOW' }])
    expect(rulesOf('arch_prctl', arm)).toEqual([])
  })
})
