import type { Diagnostic } from '../../base/diagnostic.ts'
import { entriesOf, itemsOf, type MapNode, type Node } from '../document/node.ts'
import { isOnWire } from '../project/read-ports.ts'
import { flagAt } from '../project/read-values.ts'
import { eachService, entriesAt, errorAt, type Rule, type RuleInput, textAt } from './rule-context.ts'

/** What a service takes from the one whose network it shares. */
const SHARED_KEYS = ['hostname', 'domainname', 'extra_hosts', 'dns', 'dns_search', 'dns_opt', 'ports']

/** Reports which keys have no effect on a network that is not the service's own, or is closed. */
export const checkNetworkKeys: Rule = input =>
  eachService(input, (service, name) => {
    const mode = textAt(service, 'network_mode') ?? ''
    const owner = mode.startsWith('service:') ? mode.slice('service:'.length) : undefined
    if (owner !== undefined) return SHARED_KEYS.flatMap(key => ofOther(service, { key, name, owner }))
    const isWire = isOnWire(service, entriesAt(input.document, 'networks'))
    const reason = isWire ? ON_WIRE : REASONS.get(mode)
    return reason === undefined
      ? onInternalNetworks(service, name, input)
      : ignored(service, 'ports', { message: ignoring('ports', name, reason) })
  })

const ON_WIRE = 'it has interfaces of its own on the wire, where its ports are reachable as they are'

const REASONS: ReadonlyMap<string, string> = new Map([
  ['host', 'it uses the host network, where its ports are reachable as they are'],
  ['none', 'it has no network'],
])

/** Packets from elsewhere do not enter an internal network. */
function onInternalNetworks(service: MapNode, name: string, { document }: RuleInput): readonly Diagnostic[] {
  const declared = entriesAt(document, 'networks')
  const networks = [...entriesAt(service, 'networks').keys()].map(key => declared.get(key)?.value)
  const isInternal = (network: Node | undefined) =>
    network?.kind === 'map' && flagAt(network, 'internal') === true
  if (networks.length === 0 || !networks.every(isInternal)) return []
  const message = `Only the loopback of this machine reaches "ports" of service "${name}": its networks are internal`
  const hint = 'Attach it to a network that is not "internal", or remove "ports"'
  return ignored(service, 'ports', { message, hint })
}

function ofOther(
  service: MapNode,
  { key, name, owner }: { readonly key: string; readonly name: string; readonly owner: string },
): readonly Diagnostic[] {
  const message = ignoring(key, name, `it shares the network of service "${owner}", with its names and ports`)
  return ignored(service, key, { message, hint: `Set it in service "${owner}"` })
}

function ignored(
  service: MapNode,
  key: string,
  words: { readonly message: string; readonly hint?: string },
): readonly Diagnostic[] {
  const entry = service.entries.get(key)
  if (entry === undefined || isEmpty(entry.value)) return []
  return [{ ...errorAt({ span: entry.keySpan }, 'no-effect-key', words), severity: 'warning' }]
}

function ignoring(key: string, service: string, reason: string): string {
  return `Ignoring "${key}" of service "${service}": ${reason}`
}

function isEmpty(value: Node): boolean {
  if (value.kind === 'scalar') return value.value === null || value.value === ''
  return value.kind === 'list' ? itemsOf(value).length === 0 : entriesOf(value).size === 0
}
