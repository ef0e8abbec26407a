import type { ModelPath } from '../base/model-path.ts'

/** A network of a project, normalised. */
export interface Network {
  /** The key in the file. */
  readonly key: string
  /** The real name: `<project>_<key>` unless the file names it. */
  readonly name: string
  readonly driver: 'bridge'
  readonly external: boolean
  /** No route to anything outside the network. */
  readonly internal: boolean
  readonly ipam: readonly IpamPool[]
  /** Interface MTU in bytes, where the file sets `com.docker.network.driver.mtu`. */
  readonly mtu: number | undefined
  readonly labels: ReadonlyMap<string, string>
}

/** An address pool of a network, in CIDR notation. */
export interface IpamPool {
  readonly subnet: string | undefined
  readonly ipRange: string | undefined
  readonly gateway: string | undefined
  readonly auxAddresses: ReadonlyMap<string, string>
}

/** How a service is attached to one of its networks. */
export interface NetworkAttachment {
  readonly network: string
  readonly aliases: readonly string[]
  readonly ipv4Address: string | undefined
  readonly macAddress: string | undefined
  readonly interfaceName: string | undefined
  /** Attach order: the higher comes first. */
  readonly priority: number
  /** The default route goes through the attachment with the highest. */
  readonly gatewayPriority: number
}

/** What network namespace a container has. */
export type NetworkMode =
  | { readonly kind: 'networks'; readonly attachments: readonly NetworkAttachment[] }
  | { readonly kind: 'none' }
  | { readonly kind: 'host' }
  | { readonly kind: 'service'; readonly service: string }

export type Protocol = 'tcp' | 'udp' | 'sctp'

/** Ports in a row, the last one included. */
export interface PortRange {
  readonly from: number
  readonly to: number
}

export interface PortMapping {
  /** Address of the host to publish on; undefined is every address. */
  readonly hostIp: string | undefined
  /** Candidate host ports; undefined lets the kernel choose. */
  readonly published: PortRange | undefined
  readonly target: number
  readonly protocol: Protocol
  /** What of the document asks for it, e.g. `services.web.ports.0`. */
  readonly origin: ModelPath
}
