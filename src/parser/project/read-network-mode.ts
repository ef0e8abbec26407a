import type { NetworkAttachment, NetworkMode } from '../../model/network.ts'
import type { Entry, MapNode } from '../document/node.ts'
import { entriesAt, numberAt, textAt } from '../rules/rule-context.ts'
import { ENDPOINT_OPTIONS, endpointOptions, parseEndpointSysctls } from './endpoint-options.ts'
import { hostNetwork } from './host-networks.ts'
import { listAtKey } from './read-values.ts'

/** Reads which network namespace a service has; `networks` are those of the file, by key. Attachments keep the file's order. */
export function readNetworkMode(service: MapNode, networks: ReadonlyMap<string, Entry>): NetworkMode {
  const mode = textAt(service, 'network_mode')
  if (mode === 'none' || mode === 'host') return { kind: mode }
  if (mode?.startsWith('service:')) return { kind: 'service', service: mode.slice('service:'.length) }
  if (mode?.startsWith('container:')) return { kind: 'container', container: mode.slice('container:'.length) }
  if (isDefaultBridge(mode)) return onDefaultBridge(service)
  const meant = [...entriesAt(service, 'networks').keys()].flatMap(
    key => hostNetwork(networks.get(key)?.value) ?? [],
  )
  if (meant[0] !== undefined) return { kind: meant[0] }
  const attachments = [...entriesAt(service, 'networks')].map(([network, { value }]) =>
    readAttachment(
      network,
      value.kind === 'map' ? value : { kind: 'map', entries: new Map(), span: value.span },
    ),
  )
  return { kind: 'networks', attachments: withMacAddress(attachments, textAt(service, 'mac_address')) }
}

/** Gives an address to the first network, that of the highest priority, unless it has one of its own. */
function withMacAddress(
  attachments: readonly NetworkAttachment[],
  macAddress: string | undefined,
): readonly NetworkAttachment[] {
  if (macAddress === undefined) return attachments
  const [first] = attachments.toSorted((a, b) => b.priority - a.priority || (a.network < b.network ? -1 : 1))
  return attachments.map(attachment =>
    attachment === first ? { ...attachment, macAddress: attachment.macAddress ?? macAddress } : attachment,
  )
}

/** The network that `network_mode: bridge` means: one for all such services of a project, beside those of the file. */
export const DEFAULT_BRIDGE = 'bridge'

/** Tells whether a service asks for the network that Docker has for containers without one. */
export function isDefaultBridge(mode: string | undefined): boolean {
  return mode === 'bridge' || mode === 'default'
}

function onDefaultBridge(service: MapNode): NetworkMode {
  const attachment = readAttachment(DEFAULT_BRIDGE, { ...service, entries: new Map() })
  return { kind: 'networks', attachments: withMacAddress([attachment], textAt(service, 'mac_address')) }
}

function readAttachment(network: string, map: MapNode): NetworkAttachment {
  const options = endpointOptions(map)
  const sysctls = parseEndpointSysctls(options.get(ENDPOINT_OPTIONS.sysctls) ?? '')
  const ipv6Address = textAt(map, 'ipv6_address')
  const linkLocal = listAtKey(map, 'link_local_ips')
  return {
    network,
    aliases: listAtKey(map, 'aliases') ?? [],
    ipv4Address: textAt(map, 'ipv4_address'),
    ...(ipv6Address && { ipv6Address }),
    ...(linkLocal && linkLocal.length > 0 && { linkLocalAddresses: linkLocal }),
    macAddress: textAt(map, 'mac_address'),
    interfaceName: textAt(map, 'interface_name') ?? options.get(ENDPOINT_OPTIONS.interfaceName),
    ...(sysctls && { sysctls }),
    priority: numberAt(map, 'priority') ?? 0,
    gatewayPriority: numberAt(map, 'gw_priority') ?? 0,
  }
}
