import type { NetworkMode } from './network.ts'
import type { VolumesFrom } from './volumes-from.ts'

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

/** What of a service may be another's. */
export interface Shareable {
  readonly networkMode: NetworkMode
  readonly pid?: SharedNamespace
  readonly ipc?: IpcMode
  readonly volumesFrom?: readonly VolumesFrom[]
}

/** What a service takes from another one, as causes word it. */
export interface SharedPart {
  /** E.g. `network`, `PID namespace` or `volumes`. */
  readonly part: string
  /** Whether the other makes it anew at each start. */
  readonly isMadeAtStart: boolean
  readonly service: string
}

/** Returns what a service takes from other services. */
export function sharedParts({ networkMode, pid, ipc, volumesFrom = [] }: Shareable): readonly SharedPart[] {
  const made = (part: string, service: string) => ({ part, service, isMadeAtStart: true })
  return [
    ...(networkMode.kind === 'service' ? [made('network', networkMode.service)] : []),
    ...(pid?.kind === 'service' ? [made('PID namespace', pid.service)] : []),
    ...(ipc?.kind === 'service' ? [made('IPC namespace', ipc.service)] : []),
    ...volumesFrom.flatMap(({ source }) =>
      source.kind === 'service' ? [{ part: 'volumes', service: source.service, isMadeAtStart: false }] : [],
    ),
  ]
}
