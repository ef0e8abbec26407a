import type { CapabilitySet } from '../capabilities.ts'
import { assembleFilter, type FilterArchitecture, type SyscallDecision } from './assemble-filter.ts'
import {
  type ArgumentTest,
  DEFAULT_PROFILE,
  type SeccompProfile,
  type SyscallRule,
} from './default-profile.ts'
import { ruleApplies } from './rule-applies.ts'
import { ABI_COLUMN, type Abi, SYSCALL_NUMBERS } from './syscall-numbers.ts'

/** The machines that the filter is made for, as Node names them. */
export type FilterMachine = 'x64' | 'arm64'

const ENOSYS = 38
/** Set in the call numbers of x32. */
const X32_BIT = 0x40000000
/** Where the private calls of arm begin, far behind the common ones. */
const ARM_PRIVATE = 0xf0000

/** AUDIT_ARCH_* of each architecture of a machine, the native one first, and the ABIs that share it. */
const ARCHITECTURES: Readonly<Record<FilterMachine, readonly { audit: number; abis: readonly Abi[] }[]>> = {
  x64: [
    { audit: 0xc000003e, abis: ['x86_64', 'x32'] },
    { audit: 0x40000003, abis: ['x86'] },
  ],
  arm64: [
    { audit: 0xc00000b7, abis: ['aarch64'] },
    { audit: 0x40000028, abis: ['arm'] },
  ],
}

const cache: Map<string, Uint8Array> = new Map<string, Uint8Array>()

/**
 * Returns the default profile as an array of struct sock_filter for a container that may have `capabilities`. Made
 * once per set and machine.
 */
export function seccompFilter(machine: FilterMachine, capabilities: CapabilitySet): Uint8Array {
  const key = `${machine} ${capabilities}`
  const known = cache.get(key)
  if (known !== undefined) return known
  const filter = compileFilter(DEFAULT_PROFILE, machine, capabilities)
  cache.set(key, filter)
  return filter
}

/** Compiles `profile` without looking into the cache. */
export function compileFilter(
  profile: SeccompProfile,
  machine: FilterMachine,
  capabilities: CapabilitySet,
): Uint8Array {
  const isKnown = (abi: Abi): boolean => profile.abis?.includes(abi) ?? true
  const architectures = ARCHITECTURES[machine]
    .filter(({ abis }) => abis.some(isKnown))
    .map(
      ({ audit, abis }): FilterArchitecture => ({
        audit,
        ranges: mergeRanges(
          abis.flatMap(abi => (isKnown(abi) ? abiRanges(profile, abi, capabilities) : [killed(abi)])),
        ),
      }),
    )
  return assembleFilter(architectures)
}

function killed(abi: Abi): Range {
  return { from: baseOf(abi), decision: { tests: [], otherwise: { kind: 'kill-process' } } }
}

function baseOf(abi: Abi): number {
  return abi === 'x32' ? X32_BIT : 0
}

interface Range {
  readonly from: number
  readonly decision: SyscallDecision
}

/** The decisions of one ABI as ascending ranges. Behind the newest call the kernel may have more than the tables. */
function abiRanges(profile: SeccompProfile, abi: Abi, capabilities: CapabilitySet): readonly Range[] {
  const rules = rulesByName(profile, abi, capabilities)
  const denied: SyscallDecision = { tests: [], otherwise: profile.defaultAction }
  const isLenient = ['allow', 'log', 'trace'].includes(profile.defaultAction.kind)
  const unknown: SyscallDecision = isLenient
    ? denied
    : { tests: [], otherwise: { kind: 'errno', errno: ENOSYS } }
  const column = ABI_COLUMN[abi]
  const base = baseOf(abi)
  const known = SYSCALL_NUMBERS.filter(row => row[column] >= 0).toSorted((a, b) => a[column] - b[column])
  const newest = known.findLast(row => row[column] < base + ARM_PRIVATE)?.[column] ?? base
  return [
    { from: base, decision: denied },
    ...known.flatMap((row): Range[] => [
      { from: row[column], decision: decisionOf(rules.get(row[0]) ?? [], denied) },
      { from: row[column] + 1, decision: row[column] < newest ? denied : unknown },
    ]),
  ]
}

function rulesByName(
  profile: SeccompProfile,
  abi: Abi,
  capabilities: CapabilitySet,
): ReadonlyMap<string, readonly SyscallRule[]> {
  const byName = new Map<string, SyscallRule[]>()
  for (const rule of profile.rules.filter(rule => ruleApplies(rule, abi, capabilities))) {
    for (const name of rule.names) {
      const rules = byName.get(name)
      if (rules === undefined) byName.set(name, [rule])
      else rules.push(rule)
    }
  }
  return byName
}

function decisionOf(rules: readonly SyscallRule[], denied: SyscallDecision): SyscallDecision {
  const unconditional = rules.find(rule => rule.test === undefined)
  if (unconditional !== undefined) return { tests: [], otherwise: unconditional.action }
  const tests = rules.flatMap(({ test, action }): { test: ArgumentTest; action: SyscallRule['action'] }[] =>
    test === undefined ? [] : [{ test, action }],
  )
  return tests.length === 0 ? denied : { tests, otherwise: denied.otherwise }
}

/** Drops empty ranges and joins neighbours with one decision. */
function mergeRanges(ranges: readonly Range[]): readonly Range[] {
  const merged: Range[] = []
  for (const range of ranges) {
    while ((merged.at(-1)?.from ?? -1) >= range.from) merged.pop()
    const last = merged.at(-1)
    if (last === undefined || !sameDecision(last.decision, range.decision)) merged.push(range)
  }
  return merged
}

function sameDecision(a: SyscallDecision, b: SyscallDecision): boolean {
  if (a.tests.length > 0 || b.tests.length > 0) return a === b
  if (a.otherwise.kind === 'errno' && b.otherwise.kind === 'errno')
    return a.otherwise.errno === b.otherwise.errno
  // One profile has one message for tracers in each rule.
  return a.otherwise.kind === b.otherwise.kind && a.otherwise.kind !== 'trace'
}
