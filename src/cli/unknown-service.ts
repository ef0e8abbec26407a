import type { ContainersResult } from '../app/find-containers.ts'
import type { Diagnostic } from '../base/diagnostic.ts'
import { noSuchService } from '../base/no-such-service.ts'

/** Returns what to say of the first of `services` that a project neither declares nor has a container of, if any. */
export function unknownService(
  { services = [], containers }: Extract<ContainersResult, { kind: 'found' }>,
  named: readonly string[],
): Diagnostic | undefined {
  const known = new Set([...services, ...containers.map(({ service }) => service)])
  const name = named.find(one => !known.has(one))
  return name === undefined ? undefined : noSuchService(name, [...known])
}
