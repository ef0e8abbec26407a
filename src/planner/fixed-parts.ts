import type { ModelPath } from '../base/model-path.ts'
import type { Service } from '../model/service.ts'

/** What of a service is fixed when its container is made, by attribute. */
export type FixedParts = Readonly<Record<string, unknown>>

/**
 * Returns the parts of `service` that make another container when they change. How many there are, what they wait for,
 * which profiles enable them, when their image is pulled, whether their logs are shown, and where in the file a mount or
 * a port is, make none.
 */
export function fixedParts(service: Service): FixedParts {
  const { replicas, dependsOn, profiles, pullPolicy, attach, ...fixed } = service
  return { ...fixed, mounts: fixed.mounts.map(withoutOrigin), ports: fixed.ports.map(withoutOrigin) }
}

function withoutOrigin({ origin, ...rest }: { readonly origin: ModelPath }): object {
  return rest
}
