import type { DeviceRule } from '../../model/device-rule.ts'

/** Docker's default: any node may be made, and these may be opened. 10:200 is /dev/net/tun; a container makes its node itself. */
export const DEFAULT_DEVICE_RULES: readonly DeviceRule[] = [
  { kind: 'character', major: undefined, minor: undefined, access: 'm' },
  { kind: 'block', major: undefined, minor: undefined, access: 'm' },
  ...[3, 5, 7, 8, 9].map(minor => characterRule(1, minor)),
  ...[0, 1, 2].map(minor => characterRule(5, minor)),
  characterRule(136, undefined),
  characterRule(10, 200),
]

/**
 * Returns the default rules with `more`, one for each kind and numbers: where one rule allows to read and another to
 * write, a device may be opened for both.
 */
export function withDefaultRules(more: readonly DeviceRule[]): readonly DeviceRule[] {
  const joined = new Map<string, DeviceRule>()
  for (const rule of [...DEFAULT_DEVICE_RULES, ...more]) {
    const key = deviceRuleText({ ...rule, access: '' })
    const access = new Set([...(joined.get(key)?.access ?? ''), ...rule.access])
    joined.set(key, { ...rule, access: ['r', 'w', 'm'].filter(letter => access.has(letter)).join('') })
  }
  return [...joined.values()]
}

/** Returns a rule as the v1 devices controller reads it, e.g. `c 136:* rwm`. */
export function deviceRuleText({ kind, major, minor, access }: DeviceRule): string {
  return `${kind === 'block' ? 'b' : 'c'} ${major ?? '*'}:${minor ?? '*'} ${access}`
}

function characterRule(major: number, minor: number | undefined): DeviceRule {
  return { kind: 'character', major, minor, access: 'rwm' }
}
