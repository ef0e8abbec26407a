import { TcomposeError } from '../../base/tcompose-error.ts'
import { refusedSysctl, sysctlPath } from '../../model/sysctl.ts'
import type { NamespaceSpec } from '../../oci/runtime-spec.ts'
import type { ContainerLaunch } from './container-launch.ts'
import type { LaunchStep } from './launch-op.ts'
import { writeStep } from './launch-steps.ts'

/**
 * Returns the steps that set the spec's kernel parameters, over those that the network namespace was made with. They
 * run before /proc/sys becomes read-only.
 *
 * @throws {TcomposeError} `container-launch` for a parameter that no namespace of the container has: writing to it would
 *   change the host.
 */
export function sysctlSteps({
  spec: { linux },
  extras: { subject, origins },
}: ContainerLaunch): readonly LaunchStep[] {
  const lacks = (wanted: NamespaceSpec['type']) => !linux.namespaces.some(({ type }) => type === wanted)
  const host = { hostNetwork: lacks('network'), hostIpc: lacks('ipc'), hostNames: lacks('uts') }
  return Object.entries(linux.sysctl ?? {}).map(([key, value]) => {
    const origin = origins.get(`linux.sysctl.${key}`)
    const refusal = refusedSysctl(key, host)
    if (refusal !== undefined) {
      const message = `Cannot set sysctl "${key}" of ${subject}: ${refusal.reason}`
      throw new TcomposeError('container-launch', message, { hint: refusal.hint }).at(origin)
    }
    const purpose = `set sysctl ${key} to ${value}`
    return writeStep(`/proc/sys/${sysctlPath(key)}`, value, { purpose, origin })
  })
}
