import { networkPath } from '../../../base/model-path.ts'
import { TcomposeError } from '../../../base/tcompose-error.ts'
import { hasIpv6 } from '../../../linux/interface-ipv6.ts'
import type { Network } from '../../../model/network.ts'

/** Returns why a network with IPv6 cannot be on this host; undefined if it can, and for any other. */
export function ipv6Problem({ key, name, ipv6 }: Network): TcomposeError | undefined {
  if (ipv6 !== true || hasIpv6()) return undefined
  return new TcomposeError(
    'missing-kernel-feature',
    `Cannot create network "${name}" with IPv6: this kernel has it turned off`,
    {
      hint: 'Boot without "ipv6.disable=1", or remove "enable_ipv6"',
      origin: networkPath(key, 'enable_ipv6'),
    },
  )
}
