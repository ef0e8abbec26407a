import type { WatchEvent } from '../../app/watch/watch-event.ts'
import { assertNever } from '../../base/assert-never.ts'

/** Events that are told in one line of their own. */
export type ToldEvent = Exclude<WatchEvent, { kind: 'failed' | 'file-invalid' }>

/** Returns what happened in a watch session, in docker compose's words where it has some. */
export function watchText(event: ToldEvent): string {
  switch (event.kind) {
    case 'enabled':
      return 'Watch enabled'
    case 'disabled':
      return 'Watch disabled'
    case 'syncing':
      return `Syncing service "${event.service}" after ${event.changes} changes were detected`
    case 'rebuilding':
      return `Rebuilding service(s) ${listed(event.services)} after changes were detected...`
    case 'rebuilt':
      return `service(s) ${listed(event.services)} successfully built`
    case 'rebuild-failed':
      return `Failed to rebuild service(s) ${listed(event.services)}; what ran before goes on`
    case 'restarted':
      return `service(s) ${listed(event.services)} restarted`
    case 'restart-failed':
      return `Failed to restart service(s) ${listed(event.services)}`
    case 'executed':
      return `${event.argv.join(' ')} in ${event.name} ended with exit code ${event.exitCode}`
    case 'mounted':
      return `Not copying "${event.path}" to service "${event.service}": it is mounted there`
    case 'limited':
      return `Not every folder can be watched, so changes are looked for each second: raise ${event.limit.sysctl}, now ${event.limit.value ?? 'unknown'}, with sysctl(8)`
    case 'file-changed':
      return `The Compose file has changed: ${event.plan.steps.length} steps would bring it about`
    default:
      return assertNever(event)
  }
}

function listed(services: readonly string[]): string {
  return `[${services.map(name => `"${name}"`).join(' ')}]`
}
