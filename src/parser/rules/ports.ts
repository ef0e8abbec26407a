import type { Diagnostic } from '../../base/diagnostic.ts'
import { isIpAddress } from '../address/is-ip-address.ts'
import { itemsOf, type MapNode } from '../document/node.ts'
import { eachService, errorAt, numberAt, type Rule, textAt, valueAt } from './rule-context.ts'

/** A port or a range; that of the host before it means nothing. */
const EXPOSED = /^(?:\d{1,5}(?:-\d{1,5})?:)?\d{1,5}(?:-\d{1,5})?(?:\/(?:tcp|udp|sctp))?$/

/** Ports have a target, ports within range and an address that is one. */
export const checkPorts: Rule = input =>
  eachService(input, (service, name) => [
    ...itemsOf(valueAt(service, 'ports')).flatMap(port => (port.kind === 'map' ? checkPort(port, name) : [])),
    ...itemsOf(valueAt(service, 'expose')).flatMap(port =>
      port.kind === 'scalar' && !EXPOSED.test(String(port.value))
        ? [
            errorAt(port, 'bad-value', {
              message: `Cannot expose "${port.value}" of service "${name}": expected a port such as "8080"`,
            }),
          ]
        : [],
    ),
  ])

function checkPort(port: MapNode, name: string): readonly Diagnostic[] {
  const target = valueAt(port, 'target')
  if (target === undefined) {
    return [errorAt(port, 'missing-key', { message: `A port of service "${name}" has no "target"` })]
  }
  const problems: Diagnostic[] = []
  const number = numberAt(port, 'target')
  if (number === undefined || !Number.isInteger(number) || number < 1 || number > 65_535) {
    problems.push(
      errorAt(target, 'bad-value', {
        message: `Cannot publish port ${textAt(port, 'target')} of service "${name}": expected 1 to 65535`,
      }),
    )
  }
  const published = valueAt(port, 'published')
  const text = textAt(port, 'published')
  if (published !== undefined && text !== undefined && !isPortRange(text)) {
    problems.push(
      errorAt(published, 'bad-value', {
        message: `Cannot publish on host port "${text}": expected a port or a range such as "8080-8090"`,
      }),
    )
  }
  const address = valueAt(port, 'host_ip')
  const hostIp = textAt(port, 'host_ip')
  if (address !== undefined && hostIp !== undefined && hostIp !== '' && !isIpAddress(hostIp)) {
    problems.push(
      errorAt(address, 'bad-value', {
        message: `Cannot publish on "${hostIp}": expected an IP address of this host`,
      }),
    )
  }
  return problems
}

function isPortRange(text: string): boolean {
  if (text === '') return true
  const [, first, last] = /^(\d{1,5})(?:-(\d{1,5}))?$/.exec(text) ?? []
  const from = Number(first)
  const to = Number(last ?? first)
  return from <= to && to <= 65_535
}
