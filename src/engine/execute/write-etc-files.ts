import { chmodSync, writeFileSync } from 'node:fs'
import { containerHostname } from '../container/compile-container.ts'
import { embeddedResolvConf, hostResolvConf, hostsFileText } from '../container/etc-files.ts'
import type { ContainerLayout } from '../state/layout.ts'
import type { ContainerEntry } from '../state/project-record.ts'
import { readIfPresent } from '../state/record-file.ts'
import type { ContainerNetwork } from './connect-network.ts'
import type { ExecutionContext } from './execution-context.ts'

interface EtcTarget {
  readonly entry: ContainerEntry
  readonly layout: ContainerLayout
  readonly network: ContainerNetwork
}

/** Writes the files that are bound over /etc/hosts, /etc/hostname and /etc/resolv.conf of a container. */
export function writeEtcFiles({ host }: ExecutionContext, { entry, layout, network }: EtcTarget): void {
  const { spec, id } = entry
  const { extraHosts, domainname, dns } = spec.config
  const hostname = containerHostname({ spec, id, host })
  writePublicFile(layout.hostname, `${hostname}\n`)
  if (network.sharedWith !== undefined) return
  const addresses = network.endpoints.map(endpoint => endpoint.ipv4Address)
  const hostGateway = network.endpoints.find(endpoint => endpoint.gateway !== undefined)?.gateway
  const isHostNetwork = network.netns === undefined
  writePublicFile(
    layout.hosts,
    hostsFileText({
      hostname,
      domainname,
      addresses,
      extraHosts,
      hostGateway: isHostNetwork ? '127.0.0.1' : hostGateway,
    }),
  )
  const resolvers = readIfPresent('/etc/resolv.conf') ?? ''
  writePublicFile(
    layout.resolvConf,
    network.dns === undefined ? hostResolvConf(resolvers, dns) : embeddedResolvConf(dns),
  )
}

/** Every user of the container reads it, and only its root writes to it. */
function writePublicFile(path: string, text: string): void {
  writeFileSync(path, text, { mode: 0o644 })
  chmodSync(path, 0o644)
}
