import { type IpAddress, type IpFamily, parseIpAddress } from '../base/ip-address.ts'
import { type IpBlock, isHostAddress, lastAddress, parseIpBlock } from '../base/ip-block.ts'
import type { GatewayMode, IpamPool, Network } from './network.ts'

/** Returns the families that containers of a network have addresses of. */
export function familiesOf({ ipv4, ipv6 }: Pick<Network, 'ipv4' | 'ipv6'>): readonly IpFamily[] {
  return [...(ipv4 === false ? [] : (['ipv4'] as const)), ...(ipv6 === true ? (['ipv6'] as const) : [])]
}

/** Returns the pool of `family` that the file gives a network, if any. */
export function poolOf({ ipam }: Pick<Network, 'ipam'>, family: IpFamily): IpamPool | undefined {
  return ipam.find(pool => poolFamily(pool) === family)
}

/** Returns the family of a pool: IPv4 unless an address in it says otherwise. */
export function poolFamily({ subnet, ipRange, gateway }: IpamPool): IpFamily {
  return [subnet, ipRange, gateway].some(text => text?.includes(':')) ? 'ipv6' : 'ipv4'
}

/** Returns what stands between a network and the outside for packets of `family`. */
export function gatewayModeOf({ options = {} }: Pick<Network, 'options'>, family: IpFamily): GatewayMode {
  return (family === 'ipv4' ? options.gatewayModeIpv4 : options.gatewayModeIpv6) ?? 'nat'
}

/**
 * Returns the gateway of a subnet for which the file gives none: as with Docker the first address of the `ip_range`, or
 * else of the subnet, that is none of `aux_addresses`. Undefined if there is none.
 */
export function impliedGateway(pool: IpamPool | undefined, subnet: IpBlock): IpAddress | undefined {
  const aux = [...(pool?.auxAddresses.values() ?? [])].flatMap(text => parseIpAddress(text)?.value ?? [])
  const reserved = new Set(aux)
  const range = parseIpBlock(pool?.ipRange ?? '')
  for (const { family, base, ...block } of [...(range === undefined ? [] : [range]), subnet]) {
    const last = lastAddress({ family, base, ...block }).value
    for (let value = base; value <= last; value += 1n)
      if (!reserved.has(value) && isHostAddress(subnet, { family, value })) return { family, value }
  }
  return undefined
}
