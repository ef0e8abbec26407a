import type { Diagnostic } from '../../base/diagnostic.ts'
import { parseIpAddress } from '../../base/ip-address.ts'
import { blockHas, parseIpBlock } from '../../base/ip-block.ts'
import { isCidr, isIpAddress, isIpv4Address } from '../address/is-ip-address.ts'
import { type Entry, itemsOf, type MapNode, type Node, nodeAt, stringOf } from '../document/node.ts'
import {
  eachService,
  entriesAt,
  errorAt,
  numberAt,
  type Rule,
  type RuleInput,
  textAt,
  valueAt,
} from './rule-context.ts'

/** Addresses are addresses. */
export const checkAddresses: Rule = input => [
  ...eachService(input, service => [
    ...ownAddress(service),
    ...attachments(service),
    ...servers(service),
    ...hosts(service),
  ]),
  ...eachService(input, service => buildHosts(valueAt(service, 'build'))),
  ...pools(input),
]

type Test = (text: string) => boolean

const isIpv6Address: Test = text => parseIpAddress(text)?.family === 'ipv6'

const LINK_LOCAL = ['169.254.0.0/16', 'fe80::/10'].flatMap(text => parseIpBlock(text) ?? [])

function isLinkLocal(text: string): boolean {
  const address = parseIpAddress(text)
  return address !== undefined && LINK_LOCAL.some(block => blockHas(block, address))
}

/** Of one interface: what is of a group has the lowest bit of its first byte set, and the kernel gives it to none. */
const isMacAddress: Test = text =>
  /^[0-9a-f][02468ace](?:(?::[0-9a-f]{2}){5}|(?:-[0-9a-f]{2}){5})$/i.test(text) && /[1-9a-f]/i.test(text)

const MAC_ADDRESS = 'a MAC address of one interface such as "02:42:ac:11:00:02"'

function attachments(service: MapNode): readonly Diagnostic[] {
  return [...entriesAt(service, 'networks').values()].flatMap(({ value }) =>
    value.kind === 'map'
      ? [
          ...expect(valueAt(value, 'ipv4_address'), isIpv4Address, 'an IPv4 address'),
          ...expect(valueAt(value, 'ipv6_address'), isIpv6Address, 'an IPv6 address'),
          ...itemsOf(valueAt(value, 'link_local_ips')).flatMap(item =>
            expect(item, isLinkLocal, 'a link-local address, of 169.254.0.0/16 or fe80::/10'),
          ),
          ...expect(valueAt(value, 'mac_address'), isMacAddress, MAC_ADDRESS),
        ]
      : [],
  )
}

/** A container without a network of its own has no interface to give an address to. */
function ownAddress(service: MapNode): readonly Diagnostic[] {
  const address = valueAt(service, 'mac_address')
  const mode = textAt(service, 'network_mode')
  if (address === undefined || mode === undefined || mode === 'bridge')
    return [...expect(address, isMacAddress, MAC_ADDRESS), ...otherMacAddress(service, address)]
  const message = `Cannot give a container with "network_mode: ${mode}" a MAC address: it has no network of its own`
  return [errorAt(address, 'conflicting-keys', { message })]
}

/** The address of the service is that of its first network. */
function otherMacAddress(service: MapNode, address: Node | undefined): readonly Diagnostic[] {
  const own = nodeAt(firstNetwork(service), ['mac_address'])
  const [text, other] = [stringOf(address), stringOf(own)]
  if (address === undefined || own === undefined || text === undefined || other === undefined) return []
  if (canonicalMac(text) === canonicalMac(other)) return []
  const message = `The service has MAC address "${text}", and "${other}" on its first network, expected one`
  const related = [{ message: 'the other is here', span: own.span }]
  return [errorAt(address, 'conflicting-keys', { message, related })]
}

function firstNetwork(service: MapNode): Node | undefined {
  const priority = ({ value }: Entry): number =>
    value.kind === 'map' ? (numberAt(value, 'priority') ?? 0) : 0
  const [first] = [...entriesAt(service, 'networks')].toSorted(
    ([key, entry], [otherKey, other]) => priority(other) - priority(entry) || (key < otherKey ? -1 : 1),
  )
  return first?.[1].value
}

function canonicalMac(text: string): string {
  return text.replaceAll('-', ':').toLowerCase()
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

function buildHosts(build: Node | undefined): readonly Diagnostic[] {
  return build?.kind === 'map' ? hosts(build) : []
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
            ...[...entriesAt(pool, 'aux_addresses').values()].flatMap(entry =>
              expect(entry.value, isIpAddress, 'an IP address'),
            ),
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
