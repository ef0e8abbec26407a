import type {
  SeccompActionName,
  SeccompCondition,
  SeccompFileArgument,
  SeccompFileRule,
  SeccompProfileFile,
} from '../../model/seccomp-profile.ts'
import type { SeccompSpec } from '../../oci/runtime-spec.ts'
import { capabilityNames } from '../capabilities.ts'
import type { ArgumentTest, SeccompProfile, SyscallAction, SyscallRule } from './default-profile.ts'
import type { Confined } from './seccomp-spec.ts'
import type { Abi } from './syscall-numbers.ts'

/** Who is confined, on what, under which kernel. */
export interface ConfinedOn extends Confined {
  /** As uname(2) gives it, e.g. `6.1.0-18-amd64`. */
  readonly kernelRelease: string
}

/** Returns the profile of a file as the OCI runtime spec has it: what its rules ask of the machine is decided. */
export function resolvedSpec(file: SeccompProfileFile, on: ConfinedOn): SeccompSpec {
  const { defaultAction, defaultErrnoRet } = file
  return {
    defaultAction,
    ...(defaultErrnoRet !== undefined && { defaultErrnoRet }),
    architectures: architecturesOf(file, on),
    syscalls: rulesOf(file, on).map(({ names, action, errnoRet, args }) => ({
      names,
      action,
      ...(errnoRet !== undefined && { errnoRet }),
      ...(args.length > 0 && {
        args: args.map(({ index, value, valueTwo, op }) => ({
          index,
          value: BigInt(value),
          valueTwo: BigInt(valueTwo),
          op,
        })),
      }),
    })),
  }
}

/** Returns the profile of a file for the compiler. A rule with the default action says nothing, as runc has it. */
export function resolvedProfile(file: SeccompProfileFile, on: ConfinedOn): SeccompProfile {
  const otherwise = actionOf(file.defaultAction, file.defaultErrnoRet)
  return {
    defaultAction: otherwise,
    abis: architecturesOf(file, on).flatMap(name => ABIS.get(name) ?? []),
    rules: rulesOf(file, on)
      .flatMap(rule => compiledRules(rule))
      .filter(({ action }) => !isSame(action, otherwise)),
  }
}

/** What libseccomp calls each ABI. */
const ABIS: ReadonlyMap<string, Abi> = new Map([
  ['SCMP_ARCH_X86_64', 'x86_64'],
  ['SCMP_ARCH_X86', 'x86'],
  ['SCMP_ARCH_X32', 'x32'],
  ['SCMP_ARCH_AARCH64', 'aarch64'],
  ['SCMP_ARCH_ARM', 'arm'],
])

const NATIVE = {
  x64: { libseccomp: 'SCMP_ARCH_X86_64', go: 'amd64' },
  arm64: { libseccomp: 'SCMP_ARCH_AARCH64', go: 'arm64' },
} as const

/** The native one is always among them. */
function architecturesOf(
  { architectures, archMap }: SeccompProfileFile,
  { machine }: ConfinedOn,
): readonly string[] {
  const native = NATIVE[machine].libseccomp
  const mapped = archMap.find(({ architecture }) => architecture === native)?.subArchitectures ?? []
  return [...new Set([native, ...architectures, ...mapped])]
}

function rulesOf({ syscalls }: SeccompProfileFile, on: ConfinedOn): readonly SeccompFileRule[] {
  const granted = new Set(capabilityNames(on.capabilities))
  const native: string = NATIVE[on.machine].go
  const isKernel = (condition: SeccompCondition): boolean =>
    condition.minKernel !== undefined && isAtLeast(on.kernelRelease, condition.minKernel)
  return syscalls.filter(({ includes, excludes }) => {
    if (excludes.arches.includes(native) || excludes.caps.some(name => granted.has(name))) return false
    if (isKernel(excludes)) return false
    if (includes.arches.length > 0 && !includes.arches.includes(native)) return false
    if (includes.minKernel !== undefined && !isKernel(includes)) return false
    return includes.caps.every(name => granted.has(name))
  })
}

function isAtLeast(release: string, wanted: string): boolean {
  const [major = 0, minor = 0] = release.split(/[.-]/, 2).map(Number)
  const [wantedMajor = 0, wantedMinor = 0] = wanted.split('.').map(Number)
  return major > wantedMajor || (major === wantedMajor && minor >= wantedMinor)
}

const EPERM = 1

function actionOf(name: SeccompActionName, errno = EPERM): SyscallAction {
  switch (name) {
    case 'SCMP_ACT_ALLOW':
      return { kind: 'allow' }
    case 'SCMP_ACT_ERRNO':
      return { kind: 'errno', errno }
    case 'SCMP_ACT_TRACE':
      return { kind: 'trace', message: errno }
    case 'SCMP_ACT_KILL':
    case 'SCMP_ACT_KILL_THREAD':
      return { kind: 'kill-thread' }
    case 'SCMP_ACT_KILL_PROCESS':
      return { kind: 'kill-process' }
    case 'SCMP_ACT_LOG':
      return { kind: 'log' }
    case 'SCMP_ACT_TRAP':
      return { kind: 'trap' }
  }
}

function isSame(a: SyscallAction, b: SyscallAction): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}

/** Comparisons of one argument with several values are alternatives, as runc has it; of several arguments all hold. */
function compiledRules({ names, action, errnoRet, args }: SeccompFileRule): readonly SyscallRule[] {
  const rule = { names, action: actionOf(action, errnoRet) }
  if (args.length === 0) return [rule]
  const indexes = new Set(args.map(({ index }) => index))
  if (indexes.size < args.length) return args.map(argument => ({ ...rule, test: testOf(argument) }))
  return [{ ...rule, test: { kind: 'all', tests: args.map(testOf) } }]
}

function testOf({ index, op, value, valueTwo }: SeccompFileArgument): ArgumentTest {
  return { kind: 'compare', index, op, value: BigInt(value), valueTwo: BigInt(valueTwo) }
}
