/** What a container may do with a device node: `rwm` is read, write, make. */
export interface DeviceRule {
  readonly kind: 'character' | 'block'
  /** Undefined is every one. */
  readonly major: number | undefined
  readonly minor: number | undefined
  readonly access: string
}

/** Docker's default: any node may be made, and these may be opened. 10:200 is /dev/net/tun; a container makes its node itself. */
export const DEFAULT_DEVICE_RULES: readonly DeviceRule[] = [
  { kind: 'character', major: undefined, minor: undefined, access: 'm' },
  { kind: 'block', major: undefined, minor: undefined, access: 'm' },
  ...[3, 5, 7, 8, 9].map(minor => characterRule(1, minor)),
  ...[0, 1, 2].map(minor => characterRule(5, minor)),
  characterRule(136, undefined),
  characterRule(10, 200),
]

/** Returns a rule as the v1 devices controller reads it, e.g. `c 136:* rwm`. */
export function deviceRuleText({ kind, major, minor, access }: DeviceRule): string {
  return `${kind === 'block' ? 'b' : 'c'} ${major ?? '*'}:${minor ?? '*'} ${access}`
}

function characterRule(major: number, minor: number | undefined): DeviceRule {
  return { kind: 'character', major, minor, access: 'rwm' }
}
