import type { NetworkAttachment, NetworkMode } from '../../model/network.ts'
import type { MapNode } from '../document/node.ts'
import { entriesAt, numberAt, textAt } from '../rules/rule-context.ts'
import { aliasesOn, type LinkAlias } from './link-aliases.ts'
import { listAtKey } from './read-values.ts'

/** Reads which network namespace the service `name` has. Attachments keep the file's order. */
export function readNetworkMode(service: MapNode, name: string, links: readonly LinkAlias[]): NetworkMode {
  const mode = textAt(service, 'network_mode')
  if (mode === 'none' || mode === 'host') return { kind: mode }
  if (mode?.startsWith('service:')) return { kind: 'service', service: mode.slice('service:'.length) }
  const attachments = [...entriesAt(service, 'networks')].map(([network, { value }]) =>
    readAttachment(
      network,
      value.kind === 'map' ? value : { kind: 'map', entries: new Map(), span: value.span },
      aliasesOn(network, name, links),
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

function readAttachment(network: string, map: MapNode, linked: readonly string[]): NetworkAttachment {
  return {
    network,
    aliases: [...new Set([...(listAtKey(map, 'aliases') ?? []), ...linked])],
    ipv4Address: textAt(map, 'ipv4_address'),
    macAddress: textAt(map, 'mac_address'),
    interfaceName: textAt(map, 'interface_name'),
    priority: numberAt(map, 'priority') ?? 0,
    gatewayPriority: numberAt(map, 'gw_priority') ?? 0,
  }
}
