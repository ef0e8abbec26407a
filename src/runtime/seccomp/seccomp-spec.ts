import { assertNever } from '../../base/assert-never.ts'
import type { SeccompArgumentSpec, SeccompRuleSpec, SeccompSpec } from '../../oci/runtime-spec.ts'
import type { CapabilitySet } from '../capabilities.ts'
import type { ArgumentTest, SeccompProfile, SyscallRule } from './default-profile.ts'
import { ruleApplies } from './rule-applies.ts'
import type { FilterMachine } from './seccomp-filter.ts'
import type { Abi } from './syscall-numbers.ts'

/** The ABIs of each machine and what libseccomp calls them, the native one first. */
const ARCHITECTURES: Readonly<Record<FilterMachine, readonly (readonly [Abi, string])[]>> = {
  x64: [
    ['x86_64', 'SCMP_ARCH_X86_64'],
    ['x86', 'SCMP_ARCH_X86'],
    ['x32', 'SCMP_ARCH_X32'],
  ],
  arm64: [
    ['aarch64', 'SCMP_ARCH_AARCH64'],
    ['arm', 'SCMP_ARCH_ARM'],
  ],
}

/** Who is confined, on what. */
export interface Confined {
  readonly machine: FilterMachine
  /** What it may have at most. */
  readonly capabilities: CapabilitySet
}

/**
 * Returns `profile` as the OCI runtime spec has it. The rules are those of the machine's native ABI; what they name has the
 * same verdict in its others.
 */
export function seccompSpec(profile: SeccompProfile, { machine, capabilities }: Confined): SeccompSpec {
  const architectures = ARCHITECTURES[machine]
  const applies = (rule: SyscallRule): boolean =>
    architectures.slice(0, 1).some(([abi]) => ruleApplies(rule, abi, capabilities))
  return {
    ...defaultOf(profile),
    architectures: architectures.map(([, name]) => name),
    syscalls: profile.rules.filter(applies).map(toRule),
  }
}

function defaultOf({
  defaultAction,
}: SeccompProfile): Pick<SeccompSpec, 'defaultAction' | 'defaultErrnoRet'> {
  return defaultAction.kind === 'errno'
    ? { defaultAction: 'SCMP_ACT_ERRNO', defaultErrnoRet: defaultAction.errno }
    : { defaultAction: ACTIONS[defaultAction.kind] }
}

const ACTIONS = {
  allow: 'SCMP_ACT_ALLOW',
  'kill-process': 'SCMP_ACT_KILL_PROCESS',
  'kill-thread': 'SCMP_ACT_KILL_THREAD',
  log: 'SCMP_ACT_LOG',
  trace: 'SCMP_ACT_TRACE',
  trap: 'SCMP_ACT_TRAP',
} as const

function toRule({ names, action, test }: SyscallRule): SeccompRuleSpec {
  return {
    names,
    ...(action.kind === 'errno'
      ? { action: 'SCMP_ACT_ERRNO', errnoRet: action.errno }
      : { action: ACTIONS[action.kind] }),
    ...(test !== undefined && { args: toArguments(test) }),
  }
}

function toArguments(test: ArgumentTest): readonly SeccompArgumentSpec[] {
  return test.kind === 'all' ? test.tests.flatMap(toArguments) : [toArgument(test)]
}

function toArgument(test: Exclude<ArgumentTest, { kind: 'all' }>): SeccompArgumentSpec {
  switch (test.kind) {
    case 'compare':
      return { index: test.index, value: test.value, valueTwo: test.valueTwo, op: test.op }
    case 'equal':
      return { index: test.index, value: test.value, op: 'SCMP_CMP_EQ' }
    case 'not-equal':
      return { index: test.index, value: test.value, op: 'SCMP_CMP_NE' }
    case 'no-bits':
      return { index: test.index, value: test.mask, valueTwo: 0, op: 'SCMP_CMP_MASKED_EQ' }
    default:
      return assertNever(test)
  }
}
