import type { ModelPath } from '../base/model-path.ts'
import type { Service } from '../model/service.ts'
import { SERVICE_ATTRIBUTES } from '../model/service.ts'
import type { ServiceFile } from '../model/service-file.ts'
import { compareText } from './canonical-json.ts'

/** What of a service is fixed when its container is made, by attribute. */
export type FixedParts = Readonly<Record<string, unknown>>

const FREE: ReadonlySet<string> = new Set(
  Object.entries(SERVICE_ATTRIBUTES).flatMap(([name, { isFixed }]) => (isFixed ? [] : [name])),
)

/**
 * Returns the parts of `service` that make another container when they change. Where in the file a mount, a port or
 * a device is makes none, nor does it matter where the content of a secret comes from.
 */
export function fixedParts(service: Service): FixedParts {
  const { mounts, ports, devices, deviceRequests, files } = service
  const unplaced = {
    ...service,
    mounts: mounts.map(withoutOrigin),
    ports: ports.map(withoutOrigin),
    devices: devices?.map(withoutOrigin),
    deviceRequests: deviceRequests?.map(withoutOrigin),
    ...(files && { files: files.map(fixedFile).toSorted((a, b) => compareText(a.target, b.target)) }),
  }
  return Object.fromEntries(Object.entries(unplaced).filter(([name]) => !FREE.has(name)))
}

/** Returns what of a secret or config makes another container when it changes. */
export function fixedFile({ origin, source, ...file }: ServiceFile): Omit<ServiceFile, 'origin' | 'source'> {
  return file
}

function withoutOrigin({ origin, ...rest }: { readonly origin: ModelPath }): object {
  return rest
}
