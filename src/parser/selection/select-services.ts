import type { Diagnostic } from '../../base/diagnostic.ts'
import { noSuchService } from '../../base/no-such-service.ts'
import { itemsOf, type MapNode, stringOf } from '../document/node.ts'
import type { LoadRequest } from '../load-request.ts'
import { entriesAt, valueAt } from '../rules/rule-context.ts'

/** The services that are on, those that are off with their profiles, and names that nothing bears. */
export interface Selection {
  readonly services: ReadonlyMap<string, MapNode>
  readonly inactive: ReadonlyMap<string, readonly string[]>
  readonly diagnostics: readonly Diagnostic[]
}

/**
 * Switches services on: those without profiles, those with an active one, and those named by the user together
 * with all that share a profile with them. The profile `""` is active if no profile is asked for, or an empty one is.
 */
export function selectServices(
  document: MapNode,
  request: LoadRequest,
  environment: ReadonlyMap<string, string>,
): Selection {
  const all = new Map(
    [...entriesAt(document, 'services')].flatMap(([name, { value }]) =>
      value.kind === 'map' ? [[name, value] as const] : [],
    ),
  )
  const named = request.services ?? []
  const profiles = new Set(request.profiles ?? splitList(environment.get('COMPOSE_PROFILES') ?? ''))
  for (const name of named) for (const profile of profilesOf(all.get(name))) profiles.add(profile)
  const services = new Map<string, MapNode>()
  const inactive = new Map<string, readonly string[]>()
  for (const [name, service] of all) {
    const own = profilesOf(service)
    const isOn = own.length === 0 || profiles.has('*') || own.some(profile => profiles.has(profile))
    if (isOn) services.set(name, service)
    else inactive.set(name, own)
  }
  const unknown = named.filter(name => !entriesAt(document, 'services').has(name))
  return { services, inactive, diagnostics: unknown.map(name => noSuchService(name, [...all.keys()])) }
}

/** The profiles that `service` declares. */
export function profilesOf(service: MapNode | undefined): readonly string[] {
  return service === undefined
    ? []
    : itemsOf(valueAt(service, 'profiles')).flatMap(item => stringOf(item) ?? [])
}

/** An empty list is the profile `""`: a service that declares it is on where no other profile is asked for. */
function splitList(text: string): readonly string[] {
  return text.split(',').map(item => item.trim())
}
