import { chmodSync, existsSync, writeFileSync } from 'node:fs'
import { readIfPresent } from '../../../disk/record-file.ts'
import { disablesLoopbackIpv6 } from '../../../model/sysctl.ts'
import type { ContainerNames } from '../container/container-names.ts'
import {
  embeddedResolvConf,
  hostHostsFileText,
  hostResolvConf,
  hostsFileText,
} from '../container/etc-files.ts'
import type { ContainerLayout } from '../state/layout.ts'
import type { ContainerEntry } from '../state/project-record.ts'
import type { ContainerNetwork } from './connect-network.ts'

interface EtcTarget {
  readonly entry: Pick<ContainerEntry, 'spec'>
  readonly layout: Pick<ContainerLayout, 'hostname' | 'hosts' | 'resolvConf'>
  readonly network: ContainerNetwork
  readonly names: ContainerNames
}

/**
 * Writes the files that are bound over /etc/hosts, /etc/hostname and /etc/resolv.conf of a container. One that shares
 * another's network has those of the other.
 */
export function writeEtcFiles({ entry, layout, network, names }: EtcTarget): void {
  if (network.sharedWith !== undefined) return
  const { dns } = entry.spec.config
  writePublicFile(layout.hostname, `${names.hostname}\n`)
  writePublicFile(layout.hosts, hostsText({ entry, network, names }))
  writePublicFile(
    layout.resolvConf,
    network.dns === undefined
      ? hostResolvConf(readIfPresent('/etc/resolv.conf') ?? '', dns)
      : embeddedResolvConf(dns),
  )
}

/** On the network of the host its names count, which no other file has. */
function hostsText({ entry, network, names }: Omit<EtcTarget, 'layout'>): string {
  const { extraHosts, sysctls } = entry.spec.config
  if (network.netns === undefined) return hostHostsFileText(readIfPresent('/etc/hosts') ?? '', extraHosts)
  return hostsFileText({
    names,
    addresses: network.endpoints.map(endpoint => endpoint.ipv4Address),
    extraHosts,
    hostGateway: network.endpoints.find(endpoint => endpoint.gateway !== undefined)?.gateway,
    ipv6: existsSync('/proc/sys/net/ipv6') && !disablesLoopbackIpv6(sysctls),
  })
}

/** Every user of the container reads it, and only its root writes to it. */
function writePublicFile(path: string, text: string): void {
  writeFileSync(path, text, { mode: 0o644 })
  chmodSync(path, 0o644)
}
