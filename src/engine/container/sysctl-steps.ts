import type { Service } from '../../model/service.ts'
import type { LaunchStep } from '../keeper/launch-op.ts'
import { writeStep } from './launch-steps.ts'

/** What Docker sets in a network namespace: low ports and ping need no capability there. */
const NETWORK_DEFAULTS: readonly (readonly [string, string])[] = [
  ['net.ipv4.ip_unprivileged_port_start', '0'],
  ['net.ipv4.ping_group_range', '0 2147483647'],
]

/** Returns the steps that set kernel parameters, the file's last. They run before /proc/sys becomes read-only. */
export function sysctlSteps(
  { name, sysctls }: Pick<Service, 'name' | 'sysctls'>,
  hasOwnNetwork: boolean,
): readonly LaunchStep[] {
  const defaults = hasOwnNetwork ? NETWORK_DEFAULTS.filter(([key]) => !sysctls.has(key)) : []
  return [
    ...defaults.map(([key, value]) =>
      writeStep(sysctlPath(key), value, { purpose: `set sysctl ${key} to ${value}`, optional: true }),
    ),
    ...[...sysctls].map(([key, value]) =>
      writeStep(sysctlPath(key), value, {
        purpose: `set sysctl ${key} to ${value}`,
        origin: `services.${name}.sysctls.${key}`,
      }),
    ),
  ]
}

/** A slash as the first separator means that dots belong to names, as in `net/ipv4/conf/eth0.1/forwarding`. */
function sysctlPath(key: string): string {
  const slash = key.indexOf('/')
  const dot = key.indexOf('.')
  const isPath = slash >= 0 && (dot < 0 || slash < dot)
  return `/proc/sys/${isPath ? key : key.replaceAll('.', '/')}`
}
