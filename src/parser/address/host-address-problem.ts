import type { IpAddress } from '../../base/ip-address.ts'
import { blockHas, formatIpBlock, type IpBlock, isHostAddress } from '../../base/ip-block.ts'

/** Returns why no host of `subnet` can have `address`, as the end of a sentence; undefined if one can. */
export function hostAddressProblem(subnet: IpBlock, address: IpAddress): string | undefined {
  if (isHostAddress(subnet, address)) return undefined
  const block = formatIpBlock(subnet)
  if (!blockHas(subnet, address)) return `it is outside ${block}`
  return address.value === subnet.base
    ? `it stands for the whole of ${block}`
    : `it is the broadcast address of ${block}`
}
