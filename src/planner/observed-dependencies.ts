import type { ObservedContainer } from '../model/observed-state.ts'
import { dependenciesOf } from './graph.ts'
import { compareContainers } from './stops.ts'

/**
 * Returns a function from a service to the names of the services that its containers depend on, as far as what they
 * were made from is recorded.
 */
export function observedDependencies(
  containers: readonly ObservedContainer[],
): (service: string) => readonly string[] {
  const known = new Map(
    containers
      .toSorted(compareContainers)
      .flatMap(({ service, spec }) =>
        spec === undefined
          ? []
          : [[service, dependenciesOf(spec.config).map(({ service: name }) => name)] as const],
      ),
  )
  return service => known.get(service) ?? []
}
