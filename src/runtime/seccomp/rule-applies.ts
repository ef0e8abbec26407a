import { type CapabilitySet, hasCapability } from '../capabilities.ts'
import type { SyscallRule } from './default-profile.ts'
import type { Abi } from './syscall-numbers.ts'

/** Tells whether `rule` counts for programs of `abi` that may have `capabilities`. */
export function ruleApplies(rule: SyscallRule, abi: Abi, capabilities: CapabilitySet): boolean {
  if (rule.abis !== undefined && !rule.abis.includes(abi)) return false
  if (rule.withCapability !== undefined && !hasCapability(capabilities, rule.withCapability)) return false
  return rule.withoutCapability === undefined || !hasCapability(capabilities, rule.withoutCapability)
}
