import type { Service } from '../../model/service.ts'
import type { LaunchStep } from '../keeper/launch-op.ts'
import { writeStep } from './launch-steps.ts'

/**
 * Returns the steps that set the file's kernel parameters, over those that the network namespace was made with. They
 * run before /proc/sys becomes read-only.
 */
export function sysctlSteps({ name, sysctls }: Pick<Service, 'name' | 'sysctls'>): readonly LaunchStep[] {
  return [...sysctls].map(([key, value]) =>
    writeStep(sysctlPath(key), value, {
      purpose: `set sysctl ${key} to ${value}`,
      origin: `services.${name}.sysctls.${key}`,
    }),
  )
}

/** A slash as the first separator means that dots belong to names, as in `net/ipv4/conf/eth0.1/forwarding`. */
function sysctlPath(key: string): string {
  const slash = key.indexOf('/')
  const dot = key.indexOf('.')
  const isPath = slash >= 0 && (dot < 0 || slash < dot)
  return `/proc/sys/${isPath ? key : key.replaceAll('.', '/')}`
}
