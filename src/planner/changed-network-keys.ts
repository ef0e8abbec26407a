import type { Network, NetworkMode } from '../model/network.ts'
import { canonicalJson, compareText } from './canonical-json.ts'

/** What each attribute of a network is called in the Compose file. */
const KEYS: Readonly<Record<keyof Network, string>> = {
  key: 'name',
  name: 'name',
  driver: 'driver',
  external: 'external',
  internal: 'internal',
  ipv4: 'enable_ipv4',
  ipv6: 'enable_ipv6',
  ipam: 'ipam',
  mtu: 'driver_opts',
  options: 'driver_opts',
  labels: 'labels',
}

/** Names what differs between two versions of a network, in the words of the Compose file, sorted. */
export function changedNetworkKeys(old: Network, next: Network): readonly string[] {
  const differing = (Object.keys(KEYS) as (keyof Network)[]).filter(name => !isSame(old[name], next[name]))
  return [...new Set(differing.map(name => KEYS[name]))].sort(compareText)
}

/** Names the networks of a service that are not as they were, e.g. `networks.front`; `networks` or `network_mode` for all of them. */
export function changedAttachmentKeys(old: NetworkMode, next: NetworkMode): readonly string[] {
  if (old.kind !== 'networks' || next.kind !== 'networks') return ['network_mode']
  const [before, after] = [byNetwork(old), byNetwork(next)]
  const differing = [...new Set([...before.keys(), ...after.keys()])].filter(
    network => !isSame(before.get(network), after.get(network)),
  )
  return differing.length === 0 ? ['networks'] : differing.map(network => `networks.${network}`)
}

function byNetwork({ attachments }: Extract<NetworkMode, { kind: 'networks' }>) {
  return new Map(attachments.map(attachment => [attachment.network, attachment]))
}

/** What is left out is as undefined. */
function isSame(one: unknown, other: unknown): boolean {
  return canonicalJson({ value: one }) === canonicalJson({ value: other })
}
