import { hostMount } from '../../mount/host-mount.ts'
import type { ResolvedMount } from '../../mount/resolved-mount.ts'
import type { StepNetwork } from './session-parts.ts'

/** Returns the mounts of the files that belong to a step's network: the step cannot write to them. */
export function etcMounts({ hosts, resolvConf }: StepNetwork): readonly ResolvedMount[] {
  return [
    { path: hosts, target: '/etc/hosts' },
    { path: resolvConf, target: '/etc/resolv.conf' },
  ].map(({ path, target }) => hostMount({ path, target, isFile: true, readOnly: true, recursive: false }))
}
