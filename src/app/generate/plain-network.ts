import type { Network } from '../../model/network.ts'
import { type Plain, withoutEmpty } from './plain.ts'

/** Returns what a Compose file says of a network besides its name. */
export function plainNetwork({ driver, external, internal, ipam, ipv4, ipv6, mtu, labels }: Network): {
  readonly [key: string]: Plain
} {
  if (external) return { external: true }
  const pools = ipam.map(({ subnet, ipRange, gateway, auxAddresses }) =>
    withoutEmpty({ subnet, ip_range: ipRange, gateway, aux_addresses: Object.fromEntries(auxAddresses) }),
  )
  return withoutEmpty({
    driver: driver === 'bridge' ? undefined : driver,
    enable_ipv4: ipv4,
    enable_ipv6: ipv6,
    internal: internal || undefined,
    ipam: pools.length === 0 ? undefined : { config: pools },
    driver_opts: mtu === undefined ? undefined : { 'com.docker.network.driver.mtu': String(mtu) },
    labels: Object.fromEntries(labels),
  })
}
