import type { Diagnostic } from '../../base/diagnostic.ts'
import { formatIpAddress, type IpAddress, type IpFamily, parseIpAddress } from '../../base/ip-address.ts'
import { formatIpBlock, isHostAddress, parseIpBlock } from '../../base/ip-block.ts'
import { entriesOf, itemsOf, type MapNode, type Node, nodeAt, stringOf } from '../document/node.ts'
import { hostNetwork } from '../project/host-networks.ts'
import { familiesIn } from './address-pools.ts'
import {
  eachService,
  entriesAt,
  errorAt,
  type Rule,
  type RuleInput,
  textAt,
  valueAt,
} from './rule-context.ts'

const KEYS: Readonly<Record<IpFamily, string>> = { ipv4: 'ipv4_address', ipv6: 'ipv6_address' }

/**
 * An address that the file gives a service is one of its network's, is not that of the host or kept for something else,
 * and no other service has it.
 */
export const checkFixedAddresses: Rule = input => {
  const all = [...input.services].flatMap(([name, service]) => fixedAddresses(service, name))
  return [
    ...all.flatMap(fixed => ofNetwork(fixed, input)),
    ...twice(all),
    ...eachService(input, (service, name) => onHostNetwork(service, name, input)),
  ]
}

interface FixedAddress {
  readonly service: string
  readonly network: string
  readonly address: IpAddress
  readonly at: Node
}

function fixedAddresses(service: MapNode, name: string): readonly FixedAddress[] {
  return [...entriesAt(service, 'networks')].flatMap(([network, { value }]) =>
    Object.values(KEYS).flatMap(key => {
      const at = nodeAt(value, [key])
      const address = parseIpAddress(stringOf(at) ?? '')
      return at === undefined || address === undefined ? [] : [{ service: name, network, address, at }]
    }),
  )
}

/** A network without subnets gets one later; an external one has its own. */
function ofNetwork(fixed: FixedAddress, { document }: RuleInput): readonly Diagnostic[] {
  const { service, network, address, at } = fixed
  const declared = nodeAt(valueAt(document, 'networks'), [network])
  if (declared?.kind !== 'map' || textAt(declared, 'external') === 'true') return []
  const refuse = (reason: string, hint?: string): readonly Diagnostic[] => {
    const text = formatIpAddress(address)
    const message = `Cannot give service "${service}" address "${text}" on network "${network}": ${reason}`
    return [errorAt(at, 'bad-value', { message, hint })]
  }
  if (!familiesIn(declared).includes(address.family)) {
    if (address.family === 'ipv4')
      return refuse('it has no IPv4', 'Remove "enable_ipv4: false" of the network')
    return refuse('it has no IPv6', 'Write "enable_ipv6: true" in the network')
  }
  const pools = itemsOf(nodeAt(declared, ['ipam', 'config'])).flatMap(pool => {
    const block = parseIpBlock(stringOf(nodeAt(pool, ['subnet'])) ?? '')
    return block?.family === address.family ? [{ pool, block }] : []
  })
  const [own] = pools
  if (own === undefined) return []
  if (!isHostAddress(own.block, address)) return refuse(`it is outside ${formatIpBlock(own.block)}`)
  const keeper = keptFor(own.pool, address)
  return keeper === undefined ? [] : refuse(`it is kept for ${keeper}`)
}

function keptFor(pool: Node, { value }: IpAddress): string | undefined {
  const isIt = (node: Node | undefined): boolean => parseIpAddress(stringOf(node) ?? '')?.value === value
  if (isIt(nodeAt(pool, ['gateway']))) return 'the gateway'
  const auxiliary = [...entriesOf(nodeAt(pool, ['aux_addresses']))].find(([, entry]) => isIt(entry.value))
  return auxiliary === undefined ? undefined : `"${auxiliary[0]}" of "aux_addresses"`
}

function twice(all: readonly FixedAddress[]): readonly Diagnostic[] {
  return all.flatMap((fixed, index) => {
    const earlier = all
      .slice(0, index)
      .find(
        other =>
          other.network === fixed.network &&
          other.address.family === fixed.address.family &&
          other.address.value === fixed.address.value,
      )
    if (earlier === undefined) return []
    const text = formatIpAddress(fixed.address)
    return [
      errorAt(fixed.at, 'conflicting-keys', {
        message: `Services "${earlier.service}" and "${fixed.service}" both have address "${text}" on network "${fixed.network}", expected one`,
        related: [{ message: `service "${earlier.service}" has it here`, span: earlier.at.span }],
      }),
    ]
  })
}

/** The host's network is one for all, and none is none: neither can be one of several. */
function onHostNetwork(service: MapNode, name: string, { document }: RuleInput): readonly Diagnostic[] {
  const networks = [...entriesAt(service, 'networks')]
  const declared = valueAt(document, 'networks')
  const meant = networks.find(([key]) => hostNetwork(nodeAt(declared, [key])) !== undefined)
  if (meant === undefined || networks.length === 1) return []
  const [key, { keySpan }] = meant
  const message = `Service "${name}" is on network "${key}", which is the host's or none, and on others, expected one`
  return [errorAt({ span: keySpan }, 'conflicting-keys', { message, hint: `Remove "${key}", or the others` })]
}
