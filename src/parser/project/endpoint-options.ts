import { entriesOf, type MapNode, nodeAt, stringOf } from '../document/node.ts'

/** The options of an attachment, as Docker names them. */
export const ENDPOINT_OPTIONS = {
  interfaceName: 'com.docker.network.endpoint.ifname',
  sysctls: 'com.docker.network.endpoint.sysctls',
} as const

/**
 * Reads settings of an interface as Docker writes them: `net.ipv4.conf.IFNAME.log_martians=1`, several with commas
 * between. The names begin below `net`; undefined for what is none.
 */
export function parseEndpointSysctls(text: string): ReadonlyMap<string, string> | undefined {
  const settings = new Map<string, string>()
  for (const part of text.split(',')) {
    const [, name, value] =
      /^net\.((?:ipv4|ipv6|mpls)\.(?:conf|neigh)\.IFNAME\.\w+)=([^,=]+)$/.exec(part.trim()) ?? []
    if (name === undefined || value === undefined) return undefined
    settings.set(name, value)
  }
  return settings
}

/** Returns the options of an attachment, by name. */
export function endpointOptions(attachment: MapNode): ReadonlyMap<string, string> {
  return new Map(
    [...entriesOf(nodeAt(attachment, ['driver_opts']))].map(([name, { value }]) => [
      name,
      stringOf(value) ?? '',
    ]),
  )
}
