import { type Millis, parseMillis } from '../../base/millis.ts'
import type { PullPolicy } from '../../model/pull-policy.ts'
import type { MapNode } from '../document/node.ts'
import { textAt } from '../rules/rule-context.ts'
import { millisAt } from './read-values.ts'

/** Reads `pull_policy` and, with `refresh`, `pull_refresh_after`: a day where the file does not say. */
export function readPullPolicy(service: MapNode): PullPolicy | undefined {
  const text = textAt(service, 'pull_policy')
  switch (text) {
    case undefined:
      return undefined
    case 'always':
    case 'never':
    case 'missing':
    case 'build':
      return { kind: text }
    case 'if_not_present':
      return { kind: 'missing' }
    case 'daily':
      return { kind: 'refresh', after: DAY }
    case 'weekly':
      return { kind: 'refresh', after: parseMillis('1w') }
    case 'refresh':
      return { kind: 'refresh', after: millisAt(service, 'pull_refresh_after') ?? DAY }
    default:
      return { kind: 'refresh', after: parseMillis(text.replace(/^every_/, '')) }
  }
}

const DAY: Millis = parseMillis('1d')
