/** What a container may do with device nodes of the host. */
export interface DeviceRule {
  readonly kind: 'character' | 'block'
  /** Undefined is every one. */
  readonly major: number | undefined
  readonly minor: number | undefined
  /** Of `r` (read), `w` (write) and `m` (make, which is mknod(2)), each once. */
  readonly access: string
}

/** What dev_t of Linux has room for. */
const MOST_MAJOR = 0xfff
const MOST_MINOR = 0xfffff

const KINDS: Readonly<Record<string, readonly DeviceRule['kind'][]>> = {
  a: ['character', 'block'],
  b: ['block'],
  c: ['character'],
}

/**
 * Reads a rule such as `c 1:3 mr` or `a *:* rwm`; `a` means both kinds. Returns undefined for what is none, and for
 * numbers that no device of Linux has.
 */
export function parseDeviceRule(text: string): readonly DeviceRule[] | undefined {
  const [, kind = '', major = '', minor = '', access = ''] =
    /^([abc]) (\d+|\*):(\d+|\*) ([rwm]{1,3})$/.exec(text) ?? []
  const kinds = KINDS[kind]
  if (kinds === undefined || Number(major) > MOST_MAJOR || Number(minor) > MOST_MINOR) return undefined
  const numbers = { major: numberOf(major), minor: numberOf(minor) }
  return kinds.map(kind => ({ kind, ...numbers, access: sortedAccess(access) }))
}

/** Tells whether `text` is some of `r`, `w` and `m`, each once at most. */
export function isDeviceAccess(text: string): boolean {
  return /^[rwm]{1,3}$/.test(text) && new Set(text).size === text.length
}

function numberOf(text: string): number | undefined {
  return text === '*' ? undefined : Number(text)
}

function sortedAccess(access: string): string {
  return ['r', 'w', 'm'].filter(letter => access.includes(letter)).join('')
}
