import type { ContainerSpec } from '../../../model/container.ts'
import { type ContainerId, shortId } from '../../../model/names.ts'

/** The names that a container has for itself, as uname(2) gives them. */
export interface ContainerNames {
  readonly hostname: string
  readonly domainname: string | undefined
}

/** Returns the names of a container. Without a host name in the file it is its short id, or the host's on its network or with its names. */
export function containerNames(
  { spec, id }: { readonly spec: ContainerSpec; readonly id: ContainerId },
  host: { readonly hostname: string },
): ContainerNames {
  const { hostname, domainname, networkMode, uts } = spec.config
  const isHosts = uts === 'host' || networkMode.kind === 'host'
  return { hostname: hostname ?? (isHosts ? host.hostname : shortId(id)), domainname }
}

/**
 * Returns what the hosts file calls the container: its whole name, and before the first dot of it the short one. A host
 * name may be whole already, or have its domain beside it.
 */
export function hostsNames({ hostname, domainname }: ContainerNames): string {
  const whole = domainname === undefined ? hostname : `${hostname}.${domainname}`
  const [short = whole] = whole.split('.', 1)
  return short === whole ? whole : `${whole} ${short}`
}
