import { parseIpAddress } from '../base/ip-address.ts'
import { type ModelPath, servicePath } from '../base/model-path.ts'
import type { NetworkAttachment } from '../model/network.ts'
import type { DesiredService, DesiredState } from './desired-state.ts'

/** An address that the file gives more than one container. */
export interface AddressClash {
  readonly address: string
  readonly network: string
  readonly earlier: AddressUse
  /** Of the same entry as `earlier` where a service has several replicas. */
  readonly later: AddressUse
}

/** An address of a service. */
export interface AddressUse {
  readonly service: string
  readonly origin: ModelPath
  /** How many containers the service has. */
  readonly replicas: number
}

/** Finds the addresses of the selected services that several containers would have on one network. */
export function addressClashes({ services }: DesiredState): readonly AddressClash[] {
  const seen = new Map<string, AddressUse>()
  return services.flatMap(fixedAddresses).flatMap(({ address, network, use }) => {
    const key = `${network} ${parseIpAddress(address)?.value ?? address}`
    const earlier = seen.get(key) ?? (use.replicas > 1 ? use : undefined)
    seen.set(key, seen.get(key) ?? use)
    return earlier === undefined ? [] : [{ address, network, earlier, later: use }]
  })
}

interface FixedAddress extends Pick<AddressClash, 'address' | 'network'> {
  readonly use: AddressUse
}

function fixedAddresses({ config, replicas }: DesiredService): readonly FixedAddress[] {
  const { networkMode, name: service } = config
  if (networkMode.kind !== 'networks' || replicas === 0) return []
  return networkMode.attachments.flatMap(attachment =>
    KEYS.flatMap(([key, read]) => {
      const address = read(attachment)
      if (address === undefined) return []
      const { network } = attachment
      return [
        {
          address,
          network,
          use: { service, replicas, origin: servicePath(service, 'networks', network, key) },
        },
      ]
    }),
  )
}

const KEYS: ReadonlyArray<
  readonly [key: string, read: (attachment: NetworkAttachment) => string | undefined]
> = [
  ['ipv4_address', ({ ipv4Address }) => ipv4Address],
  ['ipv6_address', ({ ipv6Address }) => ipv6Address],
]
