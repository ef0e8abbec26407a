import type { Diagnostic } from '../../base/diagnostic.ts'
import { type IpFamily, parseIpAddress } from '../../base/ip-address.ts'
import { blockHas, formatIpBlock, type IpBlock, parseIpBlock } from '../../base/ip-block.ts'
import { familiesOf, poolFamily } from '../../model/ip-families.ts'
import { hostAddressProblem } from '../address/host-address-problem.ts'
import { entriesOf, itemsOf, type MapNode, type Node, nodeAt, stringOf } from '../document/node.ts'
import { flagAt } from '../project/read-values.ts'
import { entriesAt, errorAt, type Rule, textAt } from './rule-context.ts'

const NOUNS: Readonly<Record<IpFamily, string>> = { ipv4: 'IPv4', ipv6: 'IPv6' }

/** The pools of a network are of families that it has, one of each, and what they name lies in their subnets. */
export const checkAddressPools: Rule = ({ document }) =>
  [...entriesAt(document, 'networks')].flatMap(([key, { value }]) =>
    value.kind === 'map' ? [...withoutFamily(value, key), ...poolProblems(value, key)] : [],
  )

/** Returns the families of a network, as the file has it. */
export function familiesIn(network: MapNode): readonly IpFamily[] {
  return familiesOf({
    ...(flagAt(network, 'enable_ipv4') === false && { ipv4: false }),
    ...(flagAt(network, 'enable_ipv6') === true && { ipv6: true }),
  })
}

function withoutFamily(network: MapNode, key: string): readonly Diagnostic[] {
  const at = nodeAt(network, ['enable_ipv4'])
  if (at === undefined || familiesIn(network).length > 0) return []
  const message = `Network "${key}" has neither IPv4 nor IPv6, expected one`
  return [errorAt(at, 'conflicting-keys', { message, hint: 'Write "enable_ipv6: true" beside it' })]
}

function poolProblems(network: MapNode, key: string): readonly Diagnostic[] {
  const pools = itemsOf(nodeAt(network, ['ipam', 'config'])).flatMap(pool =>
    pool.kind === 'map' ? [pool] : [],
  )
  const first = new Map<IpFamily, MapNode>()
  return pools.flatMap(pool => {
    const family = familyOf(pool)
    const earlier = first.get(family)
    first.set(family, earlier ?? pool)
    if (!familiesIn(network).includes(family)) return [withoutEffect(pool, key, family)]
    if (earlier !== undefined) return [secondPool(pool, earlier, { key, family })]
    return contentProblems(pool, key)
  })
}

function familyOf(pool: MapNode): IpFamily {
  const [subnet, ipRange, gateway] = ['subnet', 'ip_range', 'gateway'].map(name => textAt(pool, name))
  return poolFamily({ subnet, ipRange, gateway, auxAddresses: new Map() })
}

function withoutEffect(pool: MapNode, key: string, family: IpFamily): Diagnostic {
  const message = `Ignoring an ${NOUNS[family]} pool of network "${key}": it has no ${NOUNS[family]}`
  const hint = family === 'ipv6' ? 'Write "enable_ipv6: true"' : 'Remove "enable_ipv4: false"'
  return { ...errorAt(pool, 'no-effect-key', { message, hint }), severity: 'warning' }
}

function secondPool(
  pool: MapNode,
  earlier: MapNode,
  { key, family }: { readonly key: string; readonly family: IpFamily },
): Diagnostic {
  return errorAt(pool, 'conflicting-keys', {
    message: `Network "${key}" has two ${NOUNS[family]} pools, expected one`,
    hint: 'Take one subnet that is large enough, or two networks',
    related: [{ message: 'the other is here', span: earlier.span }],
  })
}

function contentProblems(pool: MapNode, key: string): readonly Diagnostic[] {
  const subnet = blockAt(pool, 'subnet')
  if (subnet === undefined) return nodeAt(pool, ['subnet']) === undefined ? withoutSubnet(pool, key) : []
  const range = blockAt(pool, 'ip_range')
  const refuse = (at: Node | undefined, what: string, problem: string): readonly Diagnostic[] => {
    const message = `Cannot use ${what} of network "${key}": ${problem}`
    return at === undefined ? [] : [errorAt(at, 'bad-value', { message })]
  }
  const isInside =
    range === undefined ||
    (blockHas(subnet, { ...range, value: range.base }) && range.prefixLength >= subnet.prefixLength)
  const addresses = [
    ['gateway', nodeAt(pool, ['gateway'])] as const,
    ...[...entriesOf(nodeAt(pool, ['aux_addresses']))].map(([name, { value }]) => [name, value] as const),
  ]
  return [
    ...(isInside
      ? []
      : refuse(
          nodeAt(pool, ['ip_range']),
          `"ip_range" ${textAt(pool, 'ip_range')}`,
          `it is outside ${formatIpBlock(subnet)}`,
        )),
    ...addresses.flatMap(([name, at]) => {
      const address = parseIpAddress(stringOf(at) ?? '')
      const problem = address === undefined ? undefined : hostAddressProblem(subnet, address)
      if (problem === undefined) return []
      const what = at === nodeAt(pool, ['gateway']) ? '"gateway"' : `address "${name}"`
      return refuse(at, `${what} ${stringOf(at)}`, problem)
    }),
  ]
}

function withoutSubnet(pool: MapNode, key: string): readonly Diagnostic[] {
  const at = ['ip_range', 'gateway', 'aux_addresses'].flatMap(name => nodeAt(pool, [name]) ?? [])[0]
  if (at === undefined) return []
  const message = `Network "${key}" has an address pool with a part of a subnet and no "subnet"`
  return [errorAt(at, 'missing-key', { message, hint: 'Write the "subnet" that it is a part of' })]
}

function blockAt(pool: MapNode, name: string): IpBlock | undefined {
  return parseIpBlock(textAt(pool, name) ?? '')
}
