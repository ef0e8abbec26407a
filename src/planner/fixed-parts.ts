import type { Mount } from '../model/mount.ts'
import type { Service } from '../model/service.ts'

/** What of a service is fixed when its container is made. */
export type FixedParts = Omit<Service, 'replicas' | 'dependsOn' | 'profiles' | 'pullPolicy' | 'attach'>

/**
 * Returns the parts of `service` that make another container when they change. How many there are, what they wait for,
 * which profiles enable them, when their image is pulled, whether their logs are shown, and on which line of the file a
 * mount is, make none.
 */
export function fixedParts(service: Service): FixedParts {
  const { replicas, dependsOn, profiles, pullPolicy, attach, ...fixed } = service
  return { ...fixed, mounts: fixed.mounts.map(withoutOrigin) }
}

function withoutOrigin({ origin, ...mount }: Mount): Mount {
  return mount
}
