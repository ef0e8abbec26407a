import type { Diagnostic } from '../../base/diagnostic.ts'
import { didYouMean } from '../../base/did-you-mean.ts'
import { parseGoBool } from '../../base/parse-go-bool.ts'
import type { SourceSpan } from '../../base/source-span.ts'
import { type Entry, entriesOf, type MapNode, nodeAt, stringOf } from '../document/node.ts'
import { ENDPOINT_OPTIONS, parseEndpointSysctls } from '../project/endpoint-options.ts'
import { MTU_OPTION, NETWORK_OPTIONS } from '../project/network-options.ts'
import { eachService, entriesAt, errorAt, type Rule, textAt } from './rule-context.ts'

/** Options of networks and attachments are known to their driver and have values that it takes. */
export const checkNetworkOptions: Rule = input => [
  ...[...entriesAt(input.document, 'networks')].flatMap(([key, { value }]) =>
    value.kind === 'map' ? networkProblems(value, key) : [],
  ),
  ...eachService(input, service =>
    [...entriesAt(service, 'networks')].flatMap(([key, { value }]) =>
      [...entriesOf(nodeAt(value, ['driver_opts']))].flatMap(([name, entry]) =>
        endpointProblem(name, entry, key),
      ),
    ),
  ),
]

function networkProblems(network: MapNode, key: string): readonly Diagnostic[] {
  const driver = textAt(network, 'driver') || 'bridge'
  const options = entriesOf(nodeAt(network, ['driver_opts']))
  return [
    ...[...options].flatMap(([name, entry]) => optionProblem(name, entry, { key, driver })),
    ...withoutParent(network, key, driver),
    ...isolatedOutside(network, key),
  ]
}

interface OptionPlace {
  readonly key: string
  readonly driver: string
}

function optionProblem(
  name: string,
  { keySpan, value }: Entry,
  { key, driver }: OptionPlace,
): readonly Diagnostic[] {
  if (name === MTU_OPTION) return []
  const option = NETWORK_OPTIONS.get(name)
  const known = [MTU_OPTION, ...NETWORK_OPTIONS.keys()]
  if (option === undefined)
    return [ignored(keySpan, `option "${name}" of network "${key}"`, didYouMean(name, known))]
  if (!option.drivers.some(each => each === driver)) {
    const others = option.drivers.map(each => `"${each}"`).join(' and ')
    return [ignored(keySpan, `option "${name}" of network "${key}"`, `it is for driver ${others}`)]
  }
  const text = stringOf(value) ?? ''
  if (option.read(text) !== undefined) return []
  return [
    errorAt(value, 'bad-value', {
      message: `Cannot use "${text}" for "${name}": expected ${option.expected}`,
    }),
  ]
}

/** Without one Docker makes an interface that leads nowhere. */
function withoutParent(network: MapNode, key: string, driver: string): readonly Diagnostic[] {
  if ((driver !== 'macvlan' && driver !== 'ipvlan') || textAt(network, 'external') === 'true') return []
  if (entriesOf(nodeAt(network, ['driver_opts'])).has('parent')) return []
  const message = `Network "${key}" has driver "${driver}" and no interface of the host to hang on`
  const hint = 'Name one: driver_opts: {parent: eth0}'
  return [errorAt({ span: network.span }, 'missing-key', { message, hint })]
}

/** Without an address on the network the host cannot be its way out. */
function isolatedOutside(network: MapNode, key: string): readonly Diagnostic[] {
  if (parseGoBool(textAt(network, 'internal') ?? '') === true) return []
  return [...entriesOf(nodeAt(network, ['driver_opts']))].flatMap(([name, { value }]) => {
    if (!/gateway_mode_ipv[46]$/.test(name) || stringOf(value) !== 'isolated') return []
    const message = `Network "${key}" has gateway mode "isolated" and is not internal`
    return [errorAt(value, 'conflicting-keys', { message, hint: 'Write "internal: true" beside it' })]
  })
}

function endpointProblem(name: string, { keySpan, value }: Entry, network: string): readonly Diagnostic[] {
  const text = stringOf(value) ?? ''
  switch (name) {
    case ENDPOINT_OPTIONS.interfaceName:
      return []
    case ENDPOINT_OPTIONS.sysctls:
      if (parseEndpointSysctls(text) !== undefined) return []
      return [
        errorAt(value, 'bad-value', {
          message: `Cannot use "${text}" for "${name}": expected settings of the interface`,
          hint: 'Write the word IFNAME for its name: net.ipv4.conf.IFNAME.log_martians=1',
        }),
      ]
    default: {
      const meant = didYouMean(name, Object.values(ENDPOINT_OPTIONS))
      return [ignored(keySpan, `option "${name}" on network "${network}"`, meant)]
    }
  }
}

function ignored(span: SourceSpan, what: string, reason: string | undefined): Diagnostic {
  const message = `Ignoring ${what}: ${reason ?? 'this version does not know it'}`
  return { ...errorAt({ span }, 'no-effect-key', { message }), severity: 'warning' }
}
