import type { FirewallRequest } from '../network/firewall-rules.ts'
import { type ExecutionContext, networkRecordOf } from './execution-context.ts'

/** What the firewall of a project follows from. */
export interface FirewallSource extends Pick<ExecutionContext, 'tag' | 'project'> {
  readonly store: Pick<ExecutionContext['store'], 'record'>
  readonly ports: Pick<ExecutionContext['ports'], 'all'>
}

/** Returns what the firewall of a project should let through; undefined if it needs none. */
export function firewallRequest({ tag, project, store, ports }: FirewallSource): FirewallRequest | undefined {
  const networks = [...store.record.networks.values()].flatMap(entry =>
    entry.phase === 'removing' ? [] : (networkRecordOf(entry) ?? []),
  )
  if (networks.length === 0 && ports.all().length === 0) return undefined
  return { tag, project, networks, ports: ports.all() }
}
