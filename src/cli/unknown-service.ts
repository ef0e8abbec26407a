import type { ContainersResult } from '../app/find-containers.ts'
import type { Diagnostic } from '../base/diagnostic.ts'

/** Returns what to say of the first of `services` that a project neither declares nor has a container of, if any. */
export function unknownService(
  { services = [], containers }: Extract<ContainersResult, { kind: 'found' }>,
  named: readonly string[],
): Diagnostic | undefined {
  const known = new Set([...services, ...containers.map(({ service }) => service)])
  const name = named.find(one => !known.has(one))
  if (name === undefined) return undefined
  // As commands word it that read the file.
  return {
    severity: 'error',
    code: 'undefined-reference',
    message: `Cannot find service "${name}": the project does not declare it`,
    hint: known.size === 0 ? 'The project has no service' : `Services: ${[...known].sort().join(', ')}`,
  }
}
