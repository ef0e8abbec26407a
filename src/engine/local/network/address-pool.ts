import { formatIpAddress, type IpAddress, type IpFamily, parseIpAddress } from '../../../base/ip-address.ts'
import {
  blockHas,
  formatIpBlock,
  type IpBlock,
  isHostAddress,
  lastAddress,
  parseIpBlock,
} from '../../../base/ip-block.ts'
import { networkPath } from '../../../base/model-path.ts'
import { TcomposeError } from '../../../base/tcompose-error.ts'
import { impliedGateway, poolOf } from '../../../model/ip-families.ts'
import type { Network } from '../../../model/network.ts'
import type { NetworkRecord } from './network-record.ts'

/** What an address is picked for. */
export interface AddressRequest {
  readonly record: NetworkRecord
  readonly family: IpFamily
  /** Values of addresses that are not to be had: those of the network's other containers. */
  readonly used: ReadonlySet<bigint>
  /** Values of addresses that only who asks for them gets. @default none */
  readonly reserved?: ReadonlySet<bigint>
  /** The address that the user asks for. */
  readonly wanted: string | undefined
  /** Who asks, e.g. `service "web"`. */
  readonly owner: string
}

/**
 * Returns the address for one container: the wanted one, or the lowest that is free in the network's `ip_range`. The
 * network's own, broadcast, gateway and `aux_addresses` are never dealt out.
 *
 * @throws {TcomposeError} `network` if the wanted address cannot be had or none is free.
 */
export function pickAddress(request: AddressRequest): IpAddress {
  const { record, family, used, reserved, wanted, owner } = request
  const subnet = requireSubnet(record, family)
  const kept = keptAddresses(record, family)
  if (wanted !== undefined) return wantedAddress(request, { subnet, kept })
  const { network } = record
  const range = parseIpBlock(poolOf(network, family)?.ipRange ?? '') ?? subnet
  const last = lastAddress(range).value
  for (let value = range.base; value <= last; value += 1n) {
    if (used.has(value) || kept.has(value) || reserved?.has(value) === true) continue
    if (isHostAddress(subnet, { family, value })) return { family, value }
  }
  throw new TcomposeError(
    'network',
    `Cannot connect ${owner} to network "${network.name}": all addresses of ${formatIpBlock(range)} are taken`,
    { hint: 'Give the network a larger "subnet" or "ip_range", or run fewer replicas' },
  )
}

/**
 * Returns the address of the bridge in `subnet`: the wanted one, or `impliedGateway`.
 *
 * @throws {TcomposeError} `network` if the wanted one is no host address of the subnet, or none is left.
 */
export function pickGateway(network: Network, subnet: IpBlock): IpAddress {
  const pool = poolOf(network, subnet.family)
  const wanted = pool?.gateway
  const address = wanted === undefined ? impliedGateway(pool, subnet) : parseIpAddress(wanted)
  if (address !== undefined && isHostAddress(subnet, address)) return address
  throw new TcomposeError(
    'network',
    wanted === undefined
      ? `Cannot create network "${network.name}": no address of ${formatIpBlock(subnet)} is left for its gateway`
      : `Cannot use gateway ${wanted} for network "${network.name}": it is not a host address of ${formatIpBlock(subnet)}`,
    { hint: 'Choose a gateway inside the subnet', origin: networkPath(network.key, 'ipam') },
  )
}

interface Subnet {
  readonly subnet: IpBlock
  /** Values of addresses that no container gets. */
  readonly kept: ReadonlySet<bigint>
}

function wantedAddress(
  { record, used, wanted = '', owner }: AddressRequest,
  { subnet, kept }: Subnet,
): IpAddress {
  const address = parseIpAddress(wanted)
  const { name } = record.network
  const block = formatIpBlock(subnet)
  const key = `${subnet.family}_address`
  if (address === undefined || !blockHas(subnet, address) || !isHostAddress(subnet, address)) {
    throw new TcomposeError(
      'network',
      `Cannot give ${owner} the address ${wanted} on network "${name}": it is not a host address of ${block}`,
      { hint: `Choose an "${key}" inside ${block}` },
    )
  }
  if (used.has(address.value) || kept.has(address.value)) {
    throw new TcomposeError(
      'network',
      `Cannot give ${owner} the address ${formatIpAddress(address)} on network "${name}": it is taken`,
      { hint: `Choose another "${key}", or stop the container that has it` },
    )
  }
  return address
}

function keptAddresses(record: NetworkRecord, family: IpFamily): ReadonlySet<bigint> {
  const gateway = record[family]?.gateway
  const reserved = poolOf(record.network, family)?.auxAddresses.values() ?? []
  return valuesOf([...(gateway === undefined ? [] : [gateway]), ...reserved])
}

function valuesOf(addresses: Iterable<string>): ReadonlySet<bigint> {
  return new Set([...addresses].flatMap(text => parseIpAddress(text)?.value ?? []))
}

function requireSubnet({ network, ...subnets }: NetworkRecord, family: IpFamily): IpBlock {
  const block = parseIpBlock(subnets[family]?.subnet ?? '')
  if (block !== undefined) return block
  throw new Error(`Cannot pick an address: network "${network.name}" has no subnet of ${family}`)
}
