import { chmodSync, chownSync, existsSync, writeFileSync } from 'node:fs'
import { readIfPresent } from '../../../disk/record-file.ts'
import { disablesLoopbackIpv6 } from '../../../model/sysctl.ts'
import { type ContainerNames, hostsNames } from '../container/container-names.ts'
import {
  embeddedResolvConf,
  hostHostsFileText,
  hostResolvConf,
  hostsFileText,
} from '../container/etc-files.ts'
import type { Owner } from '../mount/match-owners.ts'
import type { ContainerLayout } from '../state/layout.ts'
import type { LiveEndpoint } from '../state/live-record.ts'
import type { ContainerEntry } from '../state/project-record.ts'
import type { ContainerNetwork } from './connect-network.ts'

interface EtcTarget {
  readonly entry: Pick<ContainerEntry, 'spec'>
  readonly layout: Pick<ContainerLayout, 'hostname' | 'hosts' | 'resolvConf'>
  readonly network: ContainerNetwork
  readonly names: ContainerNames
  /** Root of the container, where that is another user of the host. @default root */
  readonly owner?: Owner | undefined
}

/**
 * Writes the files that are bound over /etc/hosts, /etc/hostname and /etc/resolv.conf of a container. One that shares
 * another's network has those of the other.
 */
export function writeEtcFiles({ entry, layout, network, names, owner }: EtcTarget): void {
  if (network.sharedWith !== undefined) return
  const { dns } = entry.spec.config
  const hostFile = readIfPresent('/etc/resolv.conf') ?? ''
  const resolver =
    network.dns === undefined ? hostResolvConf(hostFile, dns) : embeddedResolvConf(hostFile, dns)
  const files = [
    [layout.hostname, `${names.hostname}\n`],
    [layout.hosts, hostsText({ entry, network, names })],
    [layout.resolvConf, resolver],
  ] as const
  for (const [path, text] of files) {
    writePublicFile(path, text)
    if (owner !== undefined) chownSync(path, owner.uid, owner.gid)
  }
}

/** What a container that runs is to find of itself and of the host. */
export interface HostsChange extends Pick<ContainerNetwork, 'endpoints' | 'hostGateways'> {
  readonly entry: Pick<ContainerEntry, 'spec'>
  readonly names: ContainerNames
}

/**
 * Brings /etc/hosts of a container that runs in line with its networks. The file stays the same one, as the container sees it,
 * and lines of others stay where they are.
 */
export function changeHosts(path: string, change: HostsChange): void {
  const text = readIfPresent(path)
  if (text === undefined) return
  const changed = changedHosts(text, change)
  if (changed !== text) writeFileSync(path, changed)
}

function changedHosts(text: string, { entry, names, endpoints, hostGateways }: HostsChange): string {
  const own = hostsNames(names)
  const led = entry.spec.config.extraHosts.filter(({ address }) => address === 'host-gateway')
  const wanted = [
    ...led.flatMap(({ host }) => hostGateways.map(gateway => `${gateway}\t${host}`)),
    ...addressesOn(endpoints).map(address => `${address}\t${own}`),
  ]
  const written = new Set([own, ...led.map(({ host }) => host)])
  const isStale = (line: string): boolean =>
    !wanted.includes(line) && written.has(line.slice(line.indexOf('\t') + 1))
  const lines = text.split('\n').filter(line => line !== '')
  const kept = lines.filter(line => !isStale(line))
  const missing = wanted.filter(line => !kept.includes(line))
  return missing.length === 0 && kept.length === lines.length ? text : `${[...kept, ...missing].join('\n')}\n`
}

function addressesOn(endpoints: readonly LiveEndpoint[]): readonly string[] {
  return endpoints.flatMap(({ ipv4Address, ipv6 }) =>
    [ipv4Address, ipv6?.address].filter(address => address !== undefined),
  )
}

/** On the network of the host its names count, which no other file has. */
function hostsText({ entry, network, names }: Omit<EtcTarget, 'layout' | 'owner'>): string {
  const { extraHosts, sysctls } = entry.spec.config
  if (network.netns === undefined) return hostHostsFileText(readIfPresent('/etc/hosts') ?? '', extraHosts)
  return hostsFileText({
    names,
    addresses: addressesOn(network.endpoints),
    extraHosts,
    hostGateways: network.hostGateways,
    ipv6: existsSync('/proc/sys/net/ipv6') && !disablesLoopbackIpv6(sysctls),
  })
}

/** Every user of the container reads it, and only its root writes to it. */
function writePublicFile(path: string, text: string): void {
  writeFileSync(path, text, { mode: 0o644 })
  chmodSync(path, 0o644)
}
