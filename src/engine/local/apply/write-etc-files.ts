import { chmodSync, chownSync, existsSync, writeFileSync } from 'node:fs'
import { readIfPresent } from '../../../disk/record-file.ts'
import { disablesLoopbackIpv6 } from '../../../model/sysctl.ts'
import type { ContainerNames } from '../container/container-names.ts'
import {
  embeddedResolvConf,
  hostHostsFileText,
  hostResolvConf,
  hostsFileText,
} from '../container/etc-files.ts'
import type { Owner } from '../mount/match-owners.ts'
import type { ContainerLayout } from '../state/layout.ts'
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

/** On the network of the host its names count, which no other file has. */
function hostsText({ entry, network, names }: Omit<EtcTarget, 'layout' | 'owner'>): string {
  const { extraHosts, sysctls } = entry.spec.config
  if (network.netns === undefined) return hostHostsFileText(readIfPresent('/etc/hosts') ?? '', extraHosts)
  return hostsFileText({
    names,
    addresses: network.endpoints.flatMap(({ ipv4Address, ipv6 }) =>
      [ipv4Address, ipv6?.address].filter(address => address !== undefined),
    ),
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
