import type { ModelPath } from '../base/model-path.ts'

/** What makes the interfaces of a network. `host` and `none` are no network of their own: see `NetworkMode`. */
export type NetworkDriver = 'bridge' | 'macvlan' | 'ipvlan'

/** A network of a project, normalised. What is optional is left out where it is the default. */
export interface Network {
  /** The key in the file. */
  readonly key: string
  /** The real name: `<project>_<key>` unless the file names it. */
  readonly name: string
  readonly driver: NetworkDriver
  readonly external: boolean
  /** No route to anything outside the network. */
  readonly internal: boolean
  /** Containers get no IPv4 address. @default they do */
  readonly ipv4?: false
  /** Containers get an IPv6 address. @default they do not */
  readonly ipv6?: true
  /** At most one pool of each family. */
  readonly ipam: readonly IpamPool[]
  /** Interface MTU in bytes, where the file sets `com.docker.network.driver.mtu`. */
  readonly mtu: number | undefined
  /** What else `driver_opts` sets. @default nothing */
  readonly options?: NetworkOptions
  readonly labels: ReadonlyMap<string, string>
}

/** Settings of the driver, each under the name that Docker has for it; see `NETWORK_OPTIONS` of the parser. */
export interface NetworkOptions {
  /** Name of the bridge's interface. @default one that follows from project and key */
  readonly bridgeName?: string
  /** Containers of the network do not reach each other. @default they do */
  readonly interContainer?: false
  /** What leaves keeps the container's address. @default it gets that of the host */
  readonly masquerade?: false
  /** The bridge has no IPv4 address. @default that of the gateway */
  readonly inhibitIpv4?: true
  /** Address of the host that a port without one is published on. @default every address */
  readonly hostBindingIpv4?: string
  /** As `hostBindingIpv4`. */
  readonly hostBindingIpv6?: string
  /** @default nat */
  readonly gatewayModeIpv4?: GatewayMode
  /** @default nat */
  readonly gatewayModeIpv6?: GatewayMode
  /** Interfaces in containers are called this and a number. @default eth */
  readonly interfacePrefix?: string
  /** Interfaces of the host from which containers are reached at their own addresses. @default none */
  readonly trustedInterfaces?: readonly string[]
  /** The interface of the host that a macvlan or ipvlan network hangs on. */
  readonly parent?: string
  readonly macvlanMode?: MacvlanMode
  readonly ipvlanMode?: IpvlanMode
  readonly ipvlanFlag?: IpvlanFlag
}

/**
 * What stands between a network and the outside. `nat`: the host's address on the way out, published ports on the way in;
 * `nat-unprotected`: as that, and every port is reached at the container's own address; `routed`: own addresses both ways,
 * and published ports only; `isolated`: the host has no address on the network.
 */
export type GatewayMode = 'nat' | 'nat-unprotected' | 'routed' | 'isolated'

export type MacvlanMode = 'bridge' | 'private' | 'vepa' | 'passthru'
export type IpvlanMode = 'l2' | 'l3' | 'l3s'
export type IpvlanFlag = 'bridge' | 'private' | 'vepa'

/** An address pool of a network, of one family, in CIDR notation. */
export interface IpamPool {
  readonly subnet: string | undefined
  readonly ipRange: string | undefined
  readonly gateway: string | undefined
  readonly auxAddresses: ReadonlyMap<string, string>
}

/** How a service is attached to one of its networks. What is optional is left out where it is the default. */
export interface NetworkAttachment {
  readonly network: string
  readonly aliases: readonly string[]
  readonly ipv4Address: string | undefined
  readonly ipv6Address?: string
  /** Addresses of the interface besides, of any family. @default none */
  readonly linkLocalAddresses?: readonly string[]
  readonly macAddress: string | undefined
  readonly interfaceName: string | undefined
  /** Kernel settings of the interface below `net`, e.g. `ipv4.conf.IFNAME.log_martians`, by name. @default none */
  readonly sysctls?: ReadonlyMap<string, string>
  /** Attach order: the higher comes first. */
  readonly priority: number
  /** The default routes go through the attachment with the highest that has a gateway of their family. */
  readonly gatewayPriority: number
}

/** What network namespace a container has. */
export type NetworkMode =
  | { readonly kind: 'networks'; readonly attachments: readonly NetworkAttachment[] }
  | { readonly kind: 'none' }
  | { readonly kind: 'host' }
  | { readonly kind: 'service'; readonly service: string }
  /** That of a container of any project of this engine, by its name or id. */
  | { readonly kind: 'container'; readonly container: string }

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
