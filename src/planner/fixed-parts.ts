import type { ModelPath } from '../base/model-path.ts'
import type { Service } from '../model/service.ts'
import { SERVICE_ATTRIBUTES } from '../model/service.ts'

/** What of a service is fixed when its container is made, by attribute. */
export type FixedParts = Readonly<Record<string, unknown>>

const FREE: ReadonlySet<string> = new Set(
  Object.entries(SERVICE_ATTRIBUTES).flatMap(([name, { isFixed }]) => (isFixed ? [] : [name])),
)

/**
 * Returns the parts of `service` that make another container when they change. Where in the file a mount, a port or
 * a device is makes none.
 */
export function fixedParts(service: Service): FixedParts {
  const { mounts, ports, devices } = service
  const unplaced = {
    ...service,
    mounts: mounts.map(withoutOrigin),
    ports: ports.map(withoutOrigin),
    devices: devices?.map(withoutOrigin),
  }
  return Object.fromEntries(Object.entries(unplaced).filter(([name]) => !FREE.has(name)))
}

function withoutOrigin({ origin, ...rest }: { readonly origin: ModelPath }): object {
  return rest
}
