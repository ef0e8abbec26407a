import type { ExtraHost } from '../../../model/extra-host.ts'
import type { DnsSettings } from '../../../model/service.ts'
import { EMBEDDED_DNS } from '../network/held-sockets.ts'
import { type ContainerNames, hostsNames } from './container-names.ts'

export interface HostsFile {
  readonly names: ContainerNames
  /** The container's own addresses; none without a network. */
  readonly addresses: readonly string[]
  readonly extraHosts: readonly ExtraHost[]
  /** What `host-gateway` means; undefined where there is no gateway. */
  readonly hostGateway: string | undefined
  /** Whether its loopback interface has IPv6. */
  readonly ipv6: boolean
}

/** Returns the text of `/etc/hosts`; see hosts(5). */
export function hostsFileText({ names, addresses, extraHosts, hostGateway, ipv6 }: HostsFile): string {
  return lines([
    '127.0.0.1\tlocalhost',
    ...(ipv6 ? IPV6_LINES : []),
    ...extraLines(extraHosts, hostGateway),
    ...addresses.map(address => `${address}\t${hostsNames(names)}`),
  ])
}

/** Returns `hostText`, the host's own hosts file, with those of the service behind it. */
export function hostHostsFileText(hostText: string, extraHosts: readonly ExtraHost[]): string {
  const own = hostText === '' || hostText.endsWith('\n') ? hostText : `${hostText}\n`
  return own + lines(extraLines(extraHosts, '127.0.0.1'))
}

/** As Docker writes them. */
const IPV6_LINES = [
  '::1\tlocalhost ip6-localhost ip6-loopback',
  'fe00::0\tip6-localnet',
  'ff00::0\tip6-mcastprefix',
  'ff02::1\tip6-allnodes',
  'ff02::2\tip6-allrouters',
]

function extraLines(extraHosts: readonly ExtraHost[], hostGateway: string | undefined): readonly string[] {
  return extraHosts.flatMap(({ host, address }) => {
    const resolved = address === 'host-gateway' ? hostGateway : address
    return resolved === undefined ? [] : [`${resolved}\t${host}`]
  })
}

/** Returns the text of `/etc/resolv.conf` that points at the embedded DNS server; see resolv.conf(5). */
export function embeddedResolvConf({ search, options }: DnsSettings): string {
  return lines([
    `nameserver ${EMBEDDED_DNS}`,
    ...(search.length > 0 ? [`search ${search.join(' ')}`] : []),
    `options ${(options.length > 0 ? options : ['ndots:0']).join(' ')}`,
  ])
}

/** Returns `hostText`, the host's own resolv.conf, with what the file sets for the service in its place. */
export function hostResolvConf(hostText: string, { servers, search, options }: DnsSettings): string {
  const kept = hostText.split('\n').filter(line => {
    const [keyword] = line.trim().split(/\s+/, 1)
    if (keyword === 'nameserver') return servers.length === 0
    if (keyword === 'search' || keyword === 'domain') return search.length === 0
    if (keyword === 'options') return options.length === 0
    return false
  })
  return lines([
    ...servers.map(server => `nameserver ${server}`),
    ...(search.length > 0 ? [`search ${search.join(' ')}`] : []),
    ...(options.length > 0 ? [`options ${options.join(' ')}`] : []),
    ...kept,
  ])
}

function lines(parts: readonly string[]): string {
  return parts.map(part => `${part}\n`).join('')
}
