import type { Diagnostic } from '../../base/diagnostic.ts'
import { formatIpAddress, type IpAddress, type IpFamily, parseIpAddress } from '../../base/ip-address.ts'
import { formatIpBlock, type IpBlock, ipBlock, parseIpBlock } from '../../base/ip-block.ts'
import { impliedGateway } from '../../model/ip-families.ts'
import { hostAddressProblem } from '../address/host-address-problem.ts'
import { entriesOf, itemsOf, type MapNode, type Node, nodeAt, stringOf } from '../document/node.ts'
import { hostNetwork } from '../project/host-networks.ts'
import { readPool } from '../project/read-network.ts'
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

/** An address that the file gives a service is one of its network's, and is not that of the host or kept for something else. */
export const checkFixedAddresses: Rule = input => {
  const all = [...input.services].flatMap(([name, service]) => fixedAddresses(service, name))
  return [
    ...all.flatMap(fixed => ofNetwork(fixed, input)),
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

/** An external network has its own subnets; of one that has none here they are not known before it is made. */
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
  const own = poolFor(declared, address)
  if (own === 'unreadable') return []
  if (own === undefined) {
    const block = formatIpBlock(ipBlock(address, ROOMY[address.family]))
    return refuse(
      'the network has no "subnet"',
      `Give it one that has the address: ipam: {config: [{subnet: "${block}"}]}`,
    )
  }
  const problem = hostAddressProblem(own.block, address) ?? keptFor(own, address)
  return problem === undefined ? [] : refuse(problem)
}

/** Prefix lengths of subnets that are large enough for anybody. */
const ROOMY: Readonly<Record<IpFamily, number>> = { ipv4: 24, ipv6: 64 }

interface OwnPool {
  readonly pool: MapNode
  readonly block: IpBlock
}

function poolFor(network: MapNode, { family }: IpAddress): OwnPool | 'unreadable' | undefined {
  const pools = itemsOf(nodeAt(network, ['ipam', 'config'])).flatMap(pool =>
    pool.kind === 'map' && textAt(pool, 'subnet') !== undefined
      ? [{ pool, block: parseIpBlock(textAt(pool, 'subnet') ?? '') }]
      : [],
  )
  for (const { pool, block } of pools) if (block?.family === family) return { pool, block }
  return pools.some(({ block }) => block === undefined) ? 'unreadable' : undefined
}

function keptFor({ pool, block }: OwnPool, { value }: IpAddress): string | undefined {
  const isIt = (node: Node | undefined): boolean => parseIpAddress(stringOf(node) ?? '')?.value === value
  const gateway = nodeAt(pool, ['gateway'])
  const isGateway =
    gateway === undefined ? impliedGateway(readPool(pool), block)?.value === value : isIt(gateway)
  if (isGateway) return 'it is kept for the gateway'
  const auxiliary = [...entriesOf(nodeAt(pool, ['aux_addresses']))].find(([, entry]) => isIt(entry.value))
  return auxiliary === undefined ? undefined : `it is kept for "${auxiliary[0]}" of "aux_addresses"`
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
