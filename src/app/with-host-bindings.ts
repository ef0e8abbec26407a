import type { NetworkMode, PortMapping } from '../model/network.ts'
import type { Project } from '../model/project.ts'

/**
 * Publishes ports of which the file says no address on those that a network of the service names, by Docker's options
 * `com.docker.network.bridge.host_binding_ipv4` and `_ipv6`: of several networks, the one with the default route.
 */
export function withHostBindings(project: Project): Project {
  const services = [...project.services].map(([name, service]) => {
    const addresses = bindingsOf(project, service.networkMode)
    if (addresses.length === 0) return [name, service] as const
    return [name, { ...service, ports: service.ports.flatMap(port => boundTo(port, addresses)) }] as const
  })
  return { ...project, services: new Map(services) }
}

function bindingsOf({ networks }: Project, mode: NetworkMode): readonly string[] {
  if (mode.kind !== 'networks') return []
  return (
    mode.attachments
      .toSorted((a, b) => b.gatewayPriority - a.gatewayPriority)
      .map(({ network }) => networks.get(network)?.options)
      .map(options => [options?.hostBindingIpv4, options?.hostBindingIpv6].filter(isDefined))
      .find(addresses => addresses.length > 0) ?? []
  )
}

function isDefined(address: string | undefined): address is string {
  return address !== undefined
}

function boundTo(port: PortMapping, addresses: readonly string[]): readonly PortMapping[] {
  return port.hostIp === undefined ? addresses.map(hostIp => ({ ...port, hostIp })) : [port]
}
