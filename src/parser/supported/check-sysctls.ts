import type { Diagnostic } from '../../base/diagnostic.ts'
import { type HostNamespaces, refusedSysctl } from '../../model/sysctl.ts'
import type { MapNode } from '../document/node.ts'
import { entriesAt, errorAt, textAt } from '../rules/rule-context.ts'

/** Which services are looked at, and how bad it is. */
export interface SysctlCheck {
  /** The services that the user names: what they need is looked at too. Empty is all. */
  readonly named: readonly string[]
  readonly severity: Diagnostic['severity']
}

/**
 * Reports which kernel parameters no namespace of a container has. An unwanted service may have them: the rest of
 * its project runs without it.
 */
export function checkSysctls(
  services: ReadonlyMap<string, MapNode>,
  { named, severity }: SysctlCheck,
): readonly Diagnostic[] {
  return [...wanted(services, named)].flatMap(([name, service]) => {
    const sysctls = entriesAt(service, 'sysctls')
    const host = sysctls.size > 0 ? hostNamespaces(service, services) : { hostNetwork: false }
    return [...sysctls].flatMap(([key, { keySpan }]) => {
      const refusal = refusedSysctl(key, host)
      if (refusal === undefined) return []
      const message = `Cannot set sysctl "${key}" of service "${name}": ${refusal.reason}`
      return [{ ...errorAt({ span: keySpan }, 'host-sysctl', { message, hint: refusal.hint }), severity }]
    })
  })
}

function wanted(
  services: ReadonlyMap<string, MapNode>,
  named: readonly string[],
): ReadonlyMap<string, MapNode> {
  if (named.length === 0) return services
  const found = new Map<string, MapNode>()
  const open = [...named]
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    const service = services.get(name)
    if (service === undefined || found.has(name)) continue
    found.set(name, service)
    open.push(...entriesAt(service, 'depends_on').keys())
  }
  return found
}

function hostNamespaces(service: MapNode, services: ReadonlyMap<string, MapNode>): HostNamespaces {
  return {
    hostNetwork: isOfHost('network_mode', service, services),
    hostIpc: isOfHost('ipc', service, services),
    hostNames: textAt(service, 'uts') === 'host',
  }
}

/** Follows `service:NAME`, which may lead in a circle: that is an error of its own. */
function isOfHost(
  key: 'ipc' | 'network_mode',
  service: MapNode,
  services: ReadonlyMap<string, MapNode>,
): boolean {
  const seen = new Set<MapNode>()
  let current: MapNode | undefined = service
  while (current !== undefined && !seen.has(current)) {
    seen.add(current)
    const mode: string | undefined = textAt(current, key)
    if (mode === 'host') return true
    current = mode?.startsWith('service:') ? services.get(mode.slice('service:'.length)) : undefined
  }
  return false
}
