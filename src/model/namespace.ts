import type { NetworkMode } from './network.ts'

/** A namespace that is not the container's own. */
export type SharedNamespace =
  | { readonly kind: 'host' }
  /** That of the first replica of a service. */
  | { readonly kind: 'service'; readonly service: string }
  /** That of a running container of any project of this engine, by its name or id. */
  | { readonly kind: 'container'; readonly container: string }

/** An IPC namespace. Undefined in a service is one of its own, which no other container may join. */
export type IpcMode =
  | SharedNamespace
  /** Its own, which others may join. */
  | { readonly kind: 'shareable' }
  /** Its own, without shared memory at /dev/shm. */
  | { readonly kind: 'none' }

/** The namespaces of a service that may be another's. */
export interface Namespaces {
  readonly networkMode: NetworkMode
  readonly pid?: SharedNamespace
  readonly ipc?: IpcMode
}

/** What a service takes from another one, as causes word it. */
export interface SharedPart {
  /** E.g. `network` or `PID namespace`. */
  readonly part: string
  readonly service: string
}

/** Returns what `service` takes from other services, which they make when they start. */
export function sharedParts({ networkMode, pid, ipc }: Namespaces): readonly SharedPart[] {
  return [
    ...(networkMode.kind === 'service' ? [{ part: 'network', service: networkMode.service }] : []),
    ...(pid?.kind === 'service' ? [{ part: 'PID namespace', service: pid.service }] : []),
    ...(ipc?.kind === 'service' ? [{ part: 'IPC namespace', service: ipc.service }] : []),
  ]
}
