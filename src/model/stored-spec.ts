import { type ModelPath, servicePath } from '../base/model-path.ts'
import type { ContainerSpec } from './container.ts'
import type { Mount } from './mount.ts'
import type { PortMapping } from './network.ts'
import type { Service } from './service.ts'

/**
 * A spec as records keep it and `plan --json` prints it. The path of a port follows from its position, so it is left
 * out, as is how the image was built; earlier versions wrote no path of a mount either.
 */
export interface StoredSpec extends Omit<ContainerSpec, 'config'> {
  readonly config: StoredService
}

interface StoredService extends Omit<Service, 'build' | 'mounts' | 'ports'> {
  readonly mounts: readonly (Mount | Unplaced<Mount>)[]
  readonly ports: readonly Unplaced<PortMapping>[]
}

type Unplaced<T> = T extends { readonly origin: ModelPath } ? Omit<T, 'origin'> : never

export function toStoredSpec(spec: ContainerSpec): StoredSpec {
  const { build: _, ...config } = spec.config
  const ports = config.ports.map(({ origin, ...port }) => port)
  return { ...spec, config: { ...config, ports } }
}

export function fromStoredSpec(spec: StoredSpec): ContainerSpec {
  const { config, service } = spec
  const mounts = config.mounts.map((mount, index) => ({
    origin: servicePath(service, 'volumes', index),
    ...mount,
  }))
  const ports = config.ports.map((port, index) => ({ ...port, origin: servicePath(service, 'ports', index) }))
  return { ...spec, config: { ...config, mounts, ports } }
}
