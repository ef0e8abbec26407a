import type { DnsSettings, ExtraHost } from '../../model/service.ts'

export interface HostsFile {
  readonly hostname: string
  readonly domainname: string | undefined
  /** The container's own addresses; none without a network. */
  readonly addresses: readonly string[]
  readonly extraHosts: readonly ExtraHost[]
  /** What `host-gateway` stands for; undefined where there is no gateway. */
  readonly hostGateway: string | undefined
}

/** Returns the text of `/etc/hosts`; see hosts(5). */
export function hostsFileText({
  hostname,
  domainname,
  addresses,
  extraHosts,
  hostGateway,
}: HostsFile): string {
  const names = domainname === undefined ? hostname : `${hostname}.${domainname} ${hostname}`
  const extra = extraHosts.flatMap(({ host, address }) => {
    const resolved = address === 'host-gateway' ? hostGateway : address
    return resolved === undefined ? [] : [`${resolved}\t${host}`]
  })
  return lines([
    '127.0.0.1\tlocalhost',
    '::1\tlocalhost ip6-localhost ip6-loopback',
    ...extra,
    ...addresses.map(address => `${address}\t${names}`),
  ])
}

/** The address of the embedded DNS server in every container that hangs on a network. */
export const EMBEDDED_DNS = '127.0.0.11'

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
