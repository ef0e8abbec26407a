import type { ProjectName } from '../../../model/names.ts'
import { instanceTag, type Roots } from '../state/layout.ts'
import type { ProjectRecord } from '../state/project-record.ts'
import { findNetwork } from './external-network.ts'
import type { FirewallRequest } from './firewall-rules.ts'
import { networkRecordOf } from './network-record.ts'
import { PortForwards } from './port-forwards.ts'

/** What the firewall of a project follows from. */
export interface FirewallSource {
  readonly roots: Roots
  /** The engine's, see `instanceTag`. */
  readonly tag: string
  readonly project: ProjectName
  readonly store: { readonly record: ProjectRecord }
  readonly ports: Pick<PortForwards, 'all' | 'takeRemoved'>
}

/** Returns what the firewall of `project` follows from where no command changes it: its records alone. */
export function recordedFirewall(
  roots: Roots,
  project: ProjectName,
  store: FirewallSource['store'],
): FirewallSource {
  return { roots, tag: instanceTag(roots), project, store, ports: new PortForwards(roots, project, store) }
}

/**
 * Returns what the firewall of a project should let through; undefined if it needs none. The networks of others that it
 * uses are among it: their own projects may go down first, and their firewalls then have no owner.
 */
export function firewallRequest(source: FirewallSource): FirewallRequest | undefined {
  const { roots, tag, project, store, ports } = source
  const own = [...store.record.networks.values()].flatMap(entry =>
    entry.phase === 'removing' ? [] : (networkRecordOf(entry) ?? []),
  )
  const foreign = foreignNames(store.record).flatMap(name => findNetwork(roots, name, project) ?? [])
  const networks = [...own, ...foreign.map(({ record }) => record)]
  if (networks.length === 0 && ports.all().length === 0) return undefined
  return { tag, project, networks, ports: ports.all() }
}

/** Returns the names of the networks of other projects that containers of `record` use, sorted. */
export function foreignNames({ networks, containers }: ProjectRecord): readonly string[] {
  const own = [...networks.values()].filter(({ joined }) => joined !== true)
  const known = new Set(own.map(({ network }) => network.name))
  const used = [...containers.values()]
    .filter(({ phase }) => phase !== 'removing')
    .flatMap(({ spec }) => [...spec.networkNames.values()])
  return [...new Set(used)].filter(name => !known.has(name)).sort()
}
