import { formatIpAddress, type IpFamily } from '../../../base/ip-address.ts'
import { formatIpBlock, type IpBlock, ipBlock, parseIpBlock } from '../../../base/ip-block.ts'
import { networkPath } from '../../../base/model-path.ts'
import { TcomposeError } from '../../../base/tcompose-error.ts'
import { openNetlink } from '../../../linux/netlink/netlink-socket.ts'
import { listAddresses } from '../../../linux/rtnetlink/address.ts'
import { findLink } from '../../../linux/rtnetlink/link.ts'
import { hasLinkKind } from '../../../linux/rtnetlink/link-kind.ts'
import { listRoutes } from '../../../linux/rtnetlink/route.ts'
import { familiesOf, poolOf } from '../../../model/ip-families.ts'
import type { Network } from '../../../model/network.ts'
import { pickGateway } from './address-pool.ts'
import type { NetworkRecord } from './network-record.ts'
import { pickSubnet } from './subnet-pool.ts'

/** A network to make, and what is known of it from before. */
export interface ParentNetworkRequest {
  readonly network: Network
  readonly known?: Pick<NetworkRecord, IpFamily> | undefined
}

/**
 * Returns a network whose containers get interfaces that hang on one of the host: there is nothing to make but a choice
 * of addresses. The subnet of the file is usually that of the wire, so the host may have an address in it.
 *
 * @throws {TcomposeError} `network` if the interface does not exist, `missing-kernel-feature`, `no-free-subnet`.
 */
export function parentNetwork({ network, known }: ParentNetworkRequest): NetworkRecord {
  const problem = parentProblem(network)
  if (problem !== undefined) throw problem
  const subnets = familiesOf(network).map(family => {
    const subnet = subnetOf(network, family, known)
    return [family, { subnet: formatIpBlock(subnet), gateway: formatIpAddress(pickGateway(network, subnet)) }]
  })
  return { network, bridge: undefined, ...Object.fromEntries(subnets) }
}

/** Returns why a network that hangs on an interface of the host cannot be; undefined for any other, too. */
export function parentProblem({ key, name, driver, options }: Network): TcomposeError | undefined {
  if (driver === 'bridge') return undefined
  using socket = openNetlink('route')
  if (!hasLinkKind(socket, driver)) {
    return new TcomposeError(
      'missing-kernel-feature',
      `Cannot create network "${name}": this kernel has no interfaces of kind ${driver}`,
      { hint: `Load the module ${driver}, or use driver "bridge"`, origin: networkPath(key, 'driver') },
    )
  }
  const parent = options?.parent ?? ''
  if (findLink(socket, parent) !== undefined) return undefined
  return new TcomposeError(
    'network',
    `Cannot create network "${name}": this host has no interface "${parent}"`,
    {
      hint: missingHint(parent),
      origin: networkPath(key, 'driver_opts', 'parent'),
    },
  )
}

/** `eth0.50` is how VLAN 50 of `eth0` is called by habit, which Docker makes itself. */
function missingHint(parent: string): string {
  const [, wire, vlan] = /^(.+)\.(\d{1,4})$/.exec(parent) ?? []
  return wire === undefined
    ? 'Name one that "ip link" shows, or make it first'
    : `Make it first: ip link add link ${wire} name ${parent} type vlan id ${vlan}; ip link set ${parent} up`
}

function subnetOf(network: Network, family: IpFamily, known: ParentNetworkRequest['known']): IpBlock {
  const wanted = parseIpBlock(poolOf(network, family)?.subnet ?? known?.[family]?.subnet ?? '')
  return wanted ?? pickSubnet(network.name, usedBlocks(), family)
}

function usedBlocks(): readonly IpBlock[] {
  using socket = openNetlink('route')
  const addresses = listAddresses(socket).map(({ address, prefixLength }) => ipBlock(address, prefixLength))
  const routes = listRoutes(socket).map(({ destination }) => destination)
  return [...addresses, ...routes.filter(({ prefixLength }) => prefixLength > 0)]
}
