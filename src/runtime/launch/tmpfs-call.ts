import type { ResolvedMount } from './container-input.ts'
import { MS_NODEV, MS_NOEXEC, MS_NOSUID, MS_RDONLY } from './kernel-flags.ts'
import type { MountCall } from './launch-steps.ts'

/** Options of mount(8) that are flags to the kernel: what to clear, what to set. */
const FLAG_OPTIONS: ReadonlyMap<string, { readonly clear: number; readonly set: number }> = new Map([
  ['ro', { clear: 0, set: MS_RDONLY }],
  ['rw', { clear: MS_RDONLY, set: 0 }],
  ['exec', { clear: MS_NOEXEC, set: 0 }],
  ['noexec', { clear: 0, set: MS_NOEXEC }],
  ['suid', { clear: MS_NOSUID, set: 0 }],
  ['nosuid', { clear: 0, set: MS_NOSUID }],
  ['dev', { clear: MS_NODEV, set: 0 }],
  ['nodev', { clear: 0, set: MS_NODEV }],
])

/** Returns the mount(2) call of a service's tmpfs: noexec, nosuid and nodev unless its options say otherwise. */
export function tmpfsCall(mount: Extract<ResolvedMount, { kind: 'tmpfs' }>): MountCall {
  const flags = mount.options.reduce(
    (flags, option) => {
      const { clear, set } = FLAG_OPTIONS.get(option) ?? { clear: 0, set: 0 }
      return (flags & ~clear) | set
    },
    MS_NOSUID | MS_NODEV | MS_NOEXEC,
  )
  const data = [
    ...(mount.sizeBytes === undefined ? [] : [`size=${mount.sizeBytes}`]),
    ...(mount.mode === undefined ? [] : [`mode=${mount.mode.toString(8)}`]),
    ...mount.options.filter(option => !FLAG_OPTIONS.has(option)),
  ]
  return { type: 'tmpfs', target: mount.target, flags, data: data.join(',') }
}
