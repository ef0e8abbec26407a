import type { SeccompProfile, SyscallRule } from './default-profile.ts'

/** FS_IOC_FSSETXATTR of linux/fs.h, the one allowed call by which the owner of a file puts it into another project. */
const SET_ATTRIBUTES = 0x401c5820

/**
 * Returns `profile` without the way out of a project quota: whoever owns a file may change its project, without a
 * capability, unless they are in a user namespace of their own.
 */
export function withFixedProjects(profile: SeccompProfile): SeccompProfile {
  return { ...profile, rules: profile.rules.flatMap(withoutWayOut) }
}

function withoutWayOut(rule: SyscallRule): readonly SyscallRule[] {
  if (!rule.names.includes('ioctl') || rule.test !== undefined) return [rule]
  const others = rule.names.filter(name => name !== 'ioctl')
  return [
    { ...rule, names: others },
    { ...rule, names: ['ioctl'], test: { kind: 'not-equal', index: 1, value: SET_ATTRIBUTES } },
  ]
}
