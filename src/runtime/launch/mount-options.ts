import {
  MOUNT_ATTR_NODEV,
  MOUNT_ATTR_NOEXEC,
  MOUNT_ATTR_NOSUID,
  MOUNT_ATTR_RDONLY,
  MS_DIRSYNC,
  MS_NOATIME,
  MS_NODEV,
  MS_NODIRATIME,
  MS_NOEXEC,
  MS_NOSUID,
  MS_PRIVATE,
  MS_RDONLY,
  MS_RELATIME,
  MS_SHARED,
  MS_SLAVE,
  MS_STRICTATIME,
  MS_SYNCHRONOUS,
} from './kernel-flags.ts'

/** Options of mount(8) that are flags to the kernel: what to clear, what to set. */
const FLAGS: ReadonlyMap<string, { readonly clear: number; readonly set: number }> = new Map([
  ['ro', { clear: 0, set: MS_RDONLY }],
  ['rw', { clear: MS_RDONLY, set: 0 }],
  ['exec', { clear: MS_NOEXEC, set: 0 }],
  ['noexec', { clear: 0, set: MS_NOEXEC }],
  ['suid', { clear: MS_NOSUID, set: 0 }],
  ['nosuid', { clear: 0, set: MS_NOSUID }],
  ['dev', { clear: MS_NODEV, set: 0 }],
  ['nodev', { clear: 0, set: MS_NODEV }],
  ['defaults', { clear: 0, set: 0 }],
  ['sync', { clear: 0, set: MS_SYNCHRONOUS }],
  ['async', { clear: MS_SYNCHRONOUS, set: 0 }],
  ['dirsync', { clear: 0, set: MS_DIRSYNC }],
  ['atime', { clear: MS_NOATIME, set: 0 }],
  ['noatime', { clear: 0, set: MS_NOATIME }],
  ['diratime', { clear: MS_NODIRATIME, set: 0 }],
  ['nodiratime', { clear: 0, set: MS_NODIRATIME }],
  ['relatime', { clear: 0, set: MS_RELATIME }],
  ['strictatime', { clear: 0, set: MS_STRICTATIME }],
])

const PROPAGATIONS: ReadonlyMap<string, number> = new Map([
  ['private', MS_PRIVATE],
  ['rprivate', MS_PRIVATE],
  ['slave', MS_SLAVE],
  ['rslave', MS_SLAVE],
  ['shared', MS_SHARED],
  ['rshared', MS_SHARED],
])

/** Returns the MS_* flags of mount(2), and what the filesystem itself reads. Of two options the later one counts. */
export function filesystemOptions(options: readonly string[]): {
  readonly flags: number
  readonly data: string
} {
  let flags = 0
  const data: string[] = []
  for (const option of options) {
    const flag = FLAGS.get(option)
    if (flag === undefined) data.push(option)
    else flags = (flags & ~flag.clear) | flag.set
  }
  return { flags, data: data.join(',') }
}

/** How a part of the host is shown in a container. */
export interface BindOptions {
  /** MOUNT_ATTR_* that are set. */
  readonly attributes: number
  /** Take the mounts below the source along. */
  readonly recursive: boolean
  /** MS_PRIVATE, MS_SLAVE or MS_SHARED. */
  readonly propagation: number
}

const ATTRIBUTES: ReadonlyMap<string, number> = new Map([
  ['ro', MOUNT_ATTR_RDONLY],
  ['rro', MOUNT_ATTR_RDONLY],
  ['nosuid', MOUNT_ATTR_NOSUID],
  ['nodev', MOUNT_ATTR_NODEV],
  ['noexec', MOUNT_ATTR_NOEXEC],
])

/** Reads the options of a bind: `rbind`, attributes such as `ro`, and a propagation, which is private unless it is given. */
export function bindOptions(options: readonly string[]): BindOptions {
  return {
    attributes: options.reduce((set, option) => set | (ATTRIBUTES.get(option) ?? 0), 0),
    recursive: options.includes('rbind'),
    propagation: propagationFlag(options.find(option => PROPAGATIONS.has(option))),
  }
}

/** Returns the MS_* flag of a propagation such as `rslave`; private where none is given. */
export function propagationFlag(propagation = 'private'): number {
  return PROPAGATIONS.get(propagation) ?? MS_PRIVATE
}
