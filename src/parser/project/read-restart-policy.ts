import type { RestartPolicy } from '../../model/service.ts'
import type { MapNode } from '../document/node.ts'
import { numberAt, textAt } from '../rules/rule-context.ts'
import { mapAtPath } from './read-values.ts'

/** Reads the restart policy of a service; `deploy.restart_policy` wins over `restart`. */
export function readRestartPolicy(service: MapNode): RestartPolicy {
  const deploy = mapAtPath(service, ['deploy', 'restart_policy'])
  if (deploy.entries.size > 0) return readDeployPolicy(deploy)
  const [policy, count] = (textAt(service, 'restart') ?? 'no').split(':')
  switch (policy) {
    case 'always':
    case 'unless-stopped':
      return { kind: policy }
    case 'on-failure':
      return { kind: 'on-failure', maxRetries: count === undefined ? undefined : Number(count) }
    default:
      return { kind: 'no' }
  }
}

function readDeployPolicy(map: MapNode): RestartPolicy {
  switch (textAt(map, 'condition')) {
    case 'none':
      return { kind: 'no' }
    case 'unless-stopped':
      return { kind: 'unless-stopped' }
    case 'on-failure':
      return { kind: 'on-failure', maxRetries: numberAt(map, 'max_attempts') }
    default:
      return { kind: 'always' }
  }
}
