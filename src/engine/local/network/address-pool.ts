import { networkPath } from '../../../base/model-path.ts'
import { TcomposeError } from '../../../base/tcompose-error.ts'
import {
  blockHas,
  formatIpv4,
  formatIpv4Block,
  type Ipv4,
  type Ipv4Block,
  lastAddress,
  parseIpv4,
  parseIpv4Block,
} from '../../../linux/ipv4.ts'
import type { NetworkRecord } from './network-record.ts'

/** What an address is picked for. */
export interface AddressRequest {
  readonly record: NetworkRecord
  /** Addresses of the network's other containers. */
  readonly used: readonly string[]
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
export function pickAddress({ record, used, wanted, owner }: AddressRequest): string {
  const subnet = requireBlock(record.subnet)
  const taken = new Set([...used, ...reservedAddresses(record)].map(parseIpv4))
  if (wanted !== undefined) return wantedAddress({ record, used, wanted, owner }, { subnet, taken })
  const range = requireBlock(record.network.ipam[0]?.ipRange ?? record.subnet)
  const last = Math.min(lastAddress(range), lastAddress(subnet) - 1)
  for (let address = Math.max(range.base, subnet.base + 1); address <= last; address++) {
    if (!taken.has(address)) return formatIpv4(address)
  }
  throw new TcomposeError(
    'network',
    `Cannot connect ${owner} to network "${record.network.name}": all addresses of ${formatIpv4Block(range)} are taken`,
    { hint: 'Give the network a larger "subnet" or "ip_range", or run fewer replicas' },
  )
}

/**
 * Returns the address of the bridge in `subnet`: the wanted one, or the first host address that is not reserved.
 *
 * @throws {TcomposeError} `network` if the wanted one is no host address of the subnet.
 */
export function pickGateway(network: NetworkRecord['network'], subnet: Ipv4Block): Ipv4 {
  const wanted = network.ipam[0]?.gateway
  if (wanted === undefined) return firstFree(network, subnet)
  const address = parseIpv4(wanted)
  if (address !== undefined && isHostAddress(subnet, address)) return address
  throw new TcomposeError(
    'network',
    `Cannot use gateway ${wanted} for network "${network.name}": it is not a host address of ${formatIpv4Block(subnet)}`,
    { hint: 'Choose a gateway inside the subnet', origin: networkPath(network.key, 'ipam') },
  )
}

function firstFree(network: NetworkRecord['network'], subnet: Ipv4Block): Ipv4 {
  const reserved = new Set([...(network.ipam[0]?.auxAddresses.values() ?? [])].map(parseIpv4))
  let address = subnet.base + 1
  while (reserved.has(address)) address++
  return address
}

interface Subnet {
  readonly subnet: Ipv4Block
  readonly taken: ReadonlySet<Ipv4 | undefined>
}

function wantedAddress({ record, wanted = '', owner }: AddressRequest, { subnet, taken }: Subnet): string {
  const address = parseIpv4(wanted)
  const name = record.network.name
  if (address === undefined || !isHostAddress(subnet, address)) {
    throw new TcomposeError(
      'network',
      `Cannot give ${owner} the address ${wanted} on network "${name}": it is not a host address of ${record.subnet}`,
      { hint: `Choose an "ipv4_address" inside ${record.subnet}` },
    )
  }
  if (taken.has(address)) {
    throw new TcomposeError(
      'network',
      `Cannot give ${owner} the address ${wanted} on network "${name}": it is taken`,
      { hint: 'Choose another "ipv4_address", or stop the container that has it' },
    )
  }
  return formatIpv4(address)
}

function reservedAddresses({ gateway, network }: NetworkRecord): readonly string[] {
  return [gateway, ...(network.ipam[0]?.auxAddresses.values() ?? [])]
}

/** A block of 31 bits or more has neither a network nor a broadcast address, see RFC 3021. */
function isHostAddress(subnet: Ipv4Block, address: Ipv4): boolean {
  if (subnet.prefixLength >= 31) return blockHas(subnet, address)
  return address > subnet.base && address < lastAddress(subnet)
}

function requireBlock(text: string): Ipv4Block {
  const block = parseIpv4Block(text)
  if (block !== undefined) return block
  throw new TcomposeError(
    'network',
    `Cannot use address block "${text}": expected an IPv4 block such as 10.5.0.0/24`,
    {
      hint: 'IPv6 subnets are not supported',
    },
  )
}
