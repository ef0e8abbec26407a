import { sharedParts } from '../model/namespace.ts'
import type { Dependency, Service } from '../model/service.ts'
import { compareText } from './canonical-json.ts'

/**
 * Returns what `service` waits for, sorted by name: its `depends_on`, and the services whose namespaces
 * and volumes it shares.
 */
export function dependenciesOf(service: Service): readonly Dependency[] {
  const { dependsOn } = service
  const implied = sharedServices(service)
    .filter(shared => !dependsOn.some(dependency => dependency.service === shared))
    .map(
      shared => ({ service: shared, condition: 'service_started', restart: false, required: true }) as const,
    )
  return [...dependsOn, ...implied].sort((a, b) => compareText(a.service, b.service))
}

/**
 * Returns the services with which `service` has to start again: those that it `depends_on` with `restart: true`, and
 * those whose namespaces it shares, for these are made when their owner starts.
 */
export function restartsWith(service: Service): readonly string[] {
  const declared = service.dependsOn.filter(({ restart }) => restart).map(dependency => dependency.service)
  return [...declared, ...joinedServices(service)]
}

/** Returns the services that `service` takes a namespace or volumes of, once each. */
export function sharedServices(service: Service): readonly string[] {
  return [...new Set(sharedParts(service).map(shared => shared.service))]
}

/** Returns the services that `service` takes a namespace of, once each. */
export function joinedServices(service: Service): readonly string[] {
  const joined = sharedParts(service).filter(({ isMadeAtStart }) => isMadeAtStart)
  return [...new Set(joined.map(shared => shared.service))]
}

/**
 * Orders `names` so that each comes after those it depends on; among equals the alphabet decides, so the order of
 * the input does not matter. Dependencies outside `names` are passed over. A cycle, which the parser refuses in a
 * file but which containers of several versions of a file can form, is cut where it closes.
 */
export function dependencyOrder(
  names: Iterable<string>,
  dependencies: (name: string) => readonly string[],
): readonly string[] {
  const pending = new Set(names)
  const ordered: string[] = []
  const visit = (name: string): void => {
    if (!pending.delete(name)) return
    for (const dependency of dependencies(name).toSorted(compareText)) visit(dependency)
    ordered.push(name)
  }
  for (const name of [...pending].sort(compareText)) visit(name)
  return ordered
}

/** Returns `names` and all that they depend on, directly or not. */
export function withDependencies(
  names: Iterable<string>,
  dependencies: (name: string) => readonly string[],
): ReadonlySet<string> {
  const found = new Set<string>(names)
  for (const name of found) for (const dependency of dependencies(name)) found.add(dependency)
  return found
}
