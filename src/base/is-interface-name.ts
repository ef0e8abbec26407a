const MOST_BYTES = 15

/**
 * Tells whether the kernel lets an interface be called `text`: dev_valid_name(), and devinet_sysctl_register() for `all`
 * and `default`. A `%` would have it choose a number.
 */
export function isInterfaceName(text: string): boolean {
  return (
    /^[^\s:/%]+$/.test(text) &&
    new TextEncoder().encode(text).length <= MOST_BYTES &&
    !RESERVED_NAMES.has(text)
  )
}

/** Names that the kernel gives to no interface. */
export const RESERVED_NAMES: ReadonlySet<string> = new Set(['.', '..', 'all', 'default'])
