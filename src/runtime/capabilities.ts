/** The capabilities of Linux by number, CAP_CHOWN is 0. */
export const CAPABILITY_NAMES = [
  'CHOWN',
  'DAC_OVERRIDE',
  'DAC_READ_SEARCH',
  'FOWNER',
  'FSETID',
  'KILL',
  'SETGID',
  'SETUID',
  'SETPCAP',
  'LINUX_IMMUTABLE',
  'NET_BIND_SERVICE',
  'NET_BROADCAST',
  'NET_ADMIN',
  'NET_RAW',
  'IPC_LOCK',
  'IPC_OWNER',
  'SYS_MODULE',
  'SYS_RAWIO',
  'SYS_CHROOT',
  'SYS_PTRACE',
  'SYS_PACCT',
  'SYS_ADMIN',
  'SYS_BOOT',
  'SYS_NICE',
  'SYS_RESOURCE',
  'SYS_TIME',
  'SYS_TTY_CONFIG',
  'MKNOD',
  'LEASE',
  'AUDIT_WRITE',
  'AUDIT_CONTROL',
  'SETFCAP',
  'MAC_OVERRIDE',
  'MAC_ADMIN',
  'SYSLOG',
  'WAKE_ALARM',
  'BLOCK_SUSPEND',
  'AUDIT_READ',
  'PERFMON',
  'BPF',
  'CHECKPOINT_RESTORE',
] as const

/** A capability without `CAP_`. */
export type CapabilityName = (typeof CAPABILITY_NAMES)[number]

/** A set of capabilities as the kernel's bit mask. */
export type CapabilitySet = bigint

/** What Docker grants to root in a container. */
export const DEFAULT_CAPABILITIES: CapabilitySet = capabilitySet([
  'CHOWN',
  'DAC_OVERRIDE',
  'FSETID',
  'FOWNER',
  'MKNOD',
  'NET_RAW',
  'SETGID',
  'SETUID',
  'SETFCAP',
  'SETPCAP',
  'NET_BIND_SERVICE',
  'SYS_CHROOT',
  'KILL',
  'AUDIT_WRITE',
])

/** What a service asks for. */
export interface CapabilityRequest {
  readonly privileged: boolean
  /** Names as in `SecuritySettings`; `ALL` means every capability. */
  readonly capAdd: readonly string[]
  readonly capDrop: readonly string[]
}

/**
 * Returns what a container may have at most. What comes by default or by `ALL` is cut down to `host`, the
 * capabilities of the machine; one that is asked for by name stays, so that its absence is an error.
 *
 * @throws {SyntaxError} If a name is not a capability.
 */
export function grantedCapabilities(request: CapabilityRequest, host: CapabilitySet): CapabilitySet {
  if (request.privileged) return host
  const added = namedSet(request.capAdd)
  if (request.capAdd.includes('ALL')) return (host | added) & ~namedSet(request.capDrop)
  if (request.capDrop.includes('ALL')) return added
  return ((DEFAULT_CAPABILITIES & host) | added) & ~namedSet(request.capDrop)
}

/** Tells whether `set` holds `name`. */
export function hasCapability(set: CapabilitySet, name: CapabilityName): boolean {
  return (set & capabilityBit(name)) !== 0n
}

/** Returns the set of `names`. */
export function capabilitySet(names: readonly CapabilityName[]): CapabilitySet {
  return names.reduce((set, name) => set | capabilityBit(name), 0n)
}

/**
 * Reads a capability's name, with or without `CAP_`, in any case.
 *
 * @throws {SyntaxError} If there is no such capability.
 */
export function parseCapability(text: string): CapabilityName {
  const bare = text.toUpperCase().replace(/^CAP_/, '')
  const name = CAPABILITY_NAMES.find(known => known === bare)
  if (name === undefined) {
    throw new SyntaxError(`Cannot use capability "${text}": expected a name such as "NET_ADMIN", or "ALL"`)
  }
  return name
}

/**
 * Returns the names of a set as the OCI runtime spec has them, e.g. `CAP_CHOWN`. One that is newer than the list above
 * goes by its number, e.g. `CAP_41`.
 */
export function capabilityNames(set: CapabilitySet): readonly string[] {
  // Numbers rather than a bigint for each bit: this runs for every process.
  const halves = [Number(set & HALF), Number(set >> HALF_BITS)]
  const names: string[] = []
  for (const [half, bits] of halves.entries()) {
    for (let bit = 0, rest = bits; rest > 0; bit++, rest >>>= 1) {
      if ((rest & 1) === 1) names.push(nameOf(half * 32 + bit))
    }
  }
  return names
}

/**
 * Reads what `capabilityNames` returns.
 *
 * @throws {SyntaxError} If a name is not a capability.
 */
export function readCapabilities(names: readonly string[]): CapabilitySet {
  let low = 0
  let high = 0
  for (const name of names) {
    const number = NUMBERS.get(name) ?? numberOf(name)
    if (number < 32) low |= 1 << number
    else high |= 1 << (number - 32)
  }
  return (BigInt(high >>> 0) << HALF_BITS) | BigInt(low >>> 0)
}

const PREFIX = 'CAP_'
const HALF_BITS = 32n
const HALF = 0xffffffffn

const SPEC_NAMES: readonly string[] = CAPABILITY_NAMES.map(name => `${PREFIX}${name}`)
const NUMBERS: ReadonlyMap<string, number> = new Map(SPEC_NAMES.map((name, number) => [name, number]))

function nameOf(number: number): string {
  return SPEC_NAMES[number] ?? `${PREFIX}${number}`
}

/** The kernel's sets have 64 bits. */
function numberOf(name: string): number {
  const [, number] = /^CAP_(\d|[1-5]\d|6[0-3])$/.exec(name) ?? []
  return number === undefined ? CAPABILITY_NAMES.indexOf(parseCapability(name)) : Number(number)
}

function namedSet(names: readonly string[]): CapabilitySet {
  return capabilitySet(names.filter(name => name !== 'ALL').map(parseCapability))
}

function capabilityBit(name: CapabilityName): CapabilitySet {
  return 1n << BigInt(CAPABILITY_NAMES.indexOf(name))
}
