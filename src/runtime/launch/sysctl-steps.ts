import { servicePath } from '../../base/model-path.ts'
import { TcomposeError } from '../../base/tcompose-error.ts'
import type { Service } from '../../model/service.ts'
import { refusedSysctl, sysctlPath } from '../../model/sysctl.ts'
import type { LaunchStep } from './launch-op.ts'
import { writeStep } from './launch-steps.ts'

/**
 * Returns the steps that set the file's kernel parameters, over those that the network namespace was made with. They
 * run before /proc/sys becomes read-only.
 *
 * @throws {TcomposeError} `container-launch` for a parameter that no namespace of the container has: writing to it would
 *   change the host.
 */
export function sysctlSteps(
  { name, sysctls }: Pick<Service, 'name' | 'sysctls'>,
  network: { readonly hostNetwork: boolean },
): readonly LaunchStep[] {
  return [...sysctls].map(([key, value]) => {
    const origin = servicePath(name, 'sysctls', key)
    const refusal = refusedSysctl(key, network)
    if (refusal !== undefined) {
      const message = `Cannot set sysctl "${key}" of service "${name}": ${refusal.reason}`
      throw new TcomposeError('container-launch', message, { hint: refusal.hint, origin })
    }
    const purpose = `set sysctl ${key} to ${value}`
    return writeStep(`/proc/sys/${sysctlPath(key)}`, value, { purpose, origin })
  })
}
