import type { ExtraHost } from '../../../model/extra-host.ts'
import type { DnsSettings } from '../../../model/service.ts'
import { EMBEDDED_DNS } from '../network/held-sockets.ts'
import { type ContainerNames, hostsNames } from './container-names.ts'
import { hasDnsSettings, parseResolverFile, resolverFileText, withDnsSettings } from './resolver-file.ts'

export interface HostsFile {
  readonly names: ContainerNames
  /** The container's own addresses; none without a network. */
  readonly addresses: readonly string[]
  readonly extraHosts: readonly ExtraHost[]
  /** What `host-gateway` means: an address of each family in which the host can be reached. */
  readonly hostGateways: readonly string[]
  /** Whether its loopback interface has IPv6. */
  readonly ipv6: boolean
}

/** Returns the text of `/etc/hosts`; see hosts(5). */
export function hostsFileText({ names, addresses, extraHosts, hostGateways, ipv6 }: HostsFile): string {
  return lines([
    '127.0.0.1\tlocalhost',
    ...(ipv6 ? IPV6_LINES : []),
    ...extraLines(extraHosts, hostGateways),
    ...addresses.map(address => `${address}\t${hostsNames(names)}`),
  ])
}

/** Returns `hostText`, the host's own hosts file, with those of the service behind it. */
export function hostHostsFileText(hostText: string, extraHosts: readonly ExtraHost[]): string {
  const own = hostText === '' || hostText.endsWith('\n') ? hostText : `${hostText}\n`
  return own + lines(extraLines(extraHosts, ['127.0.0.1']))
}

/** As Docker writes them. */
const IPV6_LINES = [
  '::1\tlocalhost ip6-localhost ip6-loopback',
  'fe00::0\tip6-localnet',
  'ff00::0\tip6-mcastprefix',
  'ff02::1\tip6-allnodes',
  'ff02::2\tip6-allrouters',
]

function extraLines(extraHosts: readonly ExtraHost[], hostGateways: readonly string[]): readonly string[] {
  return extraHosts.flatMap(({ host, address }) => {
    const addresses = address === 'host-gateway' ? hostGateways : [address]
    return addresses.map(resolved => `${resolved}\t${host}`)
  })
}

/**
 * Returns the text of `/etc/resolv.conf` that points at the embedded DNS server. Domains and options of `hostText`, the
 * host's own, hold where the service sets none; a name with a dot is whole unless an option says otherwise.
 */
export function embeddedResolvConf(hostText: string, settings: DnsSettings): string {
  const file = withDnsSettings(parseResolverFile(hostText), settings)
  const hasDots = file.options.some(option => option.startsWith('ndots:'))
  return resolverFileText({
    ...file,
    nameservers: [EMBEDDED_DNS],
    options: hasDots ? file.options : [...file.options, 'ndots:0'],
  })
}

/** Returns `hostText`, the host's own resolv.conf, with what the file sets for the service in its place. */
export function hostResolvConf(hostText: string, settings: DnsSettings): string {
  if (!hasDnsSettings(settings)) return hostText
  return resolverFileText(withDnsSettings(parseResolverFile(hostText), settings))
}

function lines(parts: readonly string[]): string {
  return parts.map(part => `${part}\n`).join('')
}
