import type { Diagnostic } from '../../base/diagnostic.ts'
import { isCidr, isIpAddress, isIpv4Address } from '../address/is-ip-address.ts'
import { itemsOf, type MapNode, type Node, stringOf } from '../document/node.ts'
import { eachService, entriesAt, errorAt, type Rule, type RuleInput, valueAt } from './rule-context.ts'

/** Addresses are addresses. */
export const checkAddresses: Rule = input => [
  ...eachService(input, service => [...attachments(service), ...servers(service), ...hosts(service)]),
  ...pools(input),
]

type Test = (text: string) => boolean

const isMacAddress: Test = text => /^[0-9a-f]{2}(?::[0-9a-f]{2}){5}$/i.test(text)

function attachments(service: MapNode): readonly Diagnostic[] {
  return [...entriesAt(service, 'networks').values()].flatMap(({ value }) =>
    value.kind === 'map'
      ? [
          ...expect(valueAt(value, 'ipv4_address'), isIpv4Address, 'an IPv4 address'),
          ...expect(valueAt(value, 'mac_address'), isMacAddress, 'a MAC address such as "02:42:ac:11:00:02"'),
          ...expect(
            valueAt(value, 'interface_name'),
            text => /^[^\s/:]{1,15}$/.test(text),
            '1 to 15 characters',
          ),
        ]
      : [],
  )
}

function servers(service: MapNode): readonly Diagnostic[] {
  return itemsOf(valueAt(service, 'dns')).flatMap(server => expect(server, isIpAddress, 'an IP address'))
}

function hosts(service: MapNode): readonly Diagnostic[] {
  return itemsOf(valueAt(service, 'extra_hosts')).flatMap(line =>
    expect(
      line,
      text => isHostAddress(text.slice(text.indexOf('=') + 1)),
      '"host=address" with an IP address or "host-gateway"',
    ),
  )
}

function isHostAddress(text: string): boolean {
  return text === 'host-gateway' || isIpAddress(text)
}

function pools({ document }: RuleInput): readonly Diagnostic[] {
  return [...entriesAt(document, 'networks').values()].flatMap(({ value }) => {
    const ipam = value.kind === 'map' ? valueAt(value, 'ipam') : undefined
    const config = ipam?.kind === 'map' ? itemsOf(valueAt(ipam, 'config')) : []
    return config.flatMap(pool =>
      pool.kind === 'map'
        ? [
            ...expect(valueAt(pool, 'subnet'), isCidr, 'a network such as "172.30.0.0/24"'),
            ...expect(valueAt(pool, 'ip_range'), isCidr, 'a network such as "172.30.0.0/28"'),
            ...expect(valueAt(pool, 'gateway'), isIpAddress, 'an IP address'),
          ]
        : [],
    )
  })
}

function expect(node: Node | undefined, test: Test, expected: string): readonly Diagnostic[] {
  const text = stringOf(node)
  if (node === undefined || text === undefined || test(text)) return []
  return [errorAt(node, 'bad-value', { message: `Cannot use address "${text}": expected ${expected}` })]
}
