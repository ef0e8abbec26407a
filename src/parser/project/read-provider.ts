import type { Provider, ProviderService } from '../../model/provider.ts'
import { itemsOf, type MapNode, type Node } from '../document/node.ts'
import { entriesAt, textAt, valueAt } from '../rules/rule-context.ts'
import { providersOf, readDependencies } from './read-dependencies.ts'
import { listAtKey } from './read-values.ts'

/** Reads a service that a program provides. */
export function readProviderService(
  map: MapNode,
  name: string,
  active: ReadonlyMap<string, MapNode>,
): ProviderService {
  return {
    name,
    provider: readProvider(map),
    profiles: listAtKey(map, 'profiles') ?? [],
    dependsOn: readDependencies(map, active),
    ...providersOf(map, active),
  }
}

function readProvider(service: MapNode): Provider {
  const provider = valueAt(service, 'provider')
  const map: MapNode = provider?.kind === 'map' ? provider : service
  return {
    type: textAt(map, 'type') ?? '',
    options: new Map([...entriesAt(map, 'options')].map(([key, { value }]) => [key, textsOf(value)])),
  }
}

function textsOf(value: Node): readonly string[] {
  const values = value.kind === 'list' ? itemsOf(value) : [value]
  return values.flatMap(item => (item.kind === 'scalar' ? [String(item.value ?? '')] : []))
}
