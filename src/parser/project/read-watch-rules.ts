import { type AbsolutePath, parseAbsolutePath } from '../../base/absolute-path.ts'
import type { Service } from '../../model/service.ts'
import type { WatchAction, WatchCommand, WatchRule, WatchTarget } from '../../model/watch-rule.ts'
import { itemsOf, type MapNode, nodeAt } from '../document/node.ts'
import { textAt } from '../rules/rule-context.ts'
import { flagAt, listAtKey, textsByKey } from './read-values.ts'

/** Reads the rules of `develop.watch`. */
export function readWatchRules(service: MapNode): Pick<Service, 'watch'> {
  const rules = itemsOf(nodeAt(service, ['develop', 'watch'])).flatMap(rule => {
    const path = rule.kind === 'map' ? (textAt(rule, 'path') ?? '') : ''
    // A drive of Windows has no path here.
    return rule.kind === 'map' && path.startsWith('/') ? [readRule(rule, parseAbsolutePath(path))] : []
  })
  return rules.length === 0 ? {} : { watch: rules }
}

function readRule(rule: MapNode, path: AbsolutePath): WatchRule {
  const include = listAtKey(rule, 'include') ?? []
  return {
    path,
    action: readAction(rule),
    ignore: listAtKey(rule, 'ignore') ?? [],
    ...(include.length > 0 && { include }),
  }
}

function readAction(rule: MapNode): WatchAction {
  const kind = textAt(rule, 'action')
  switch (kind) {
    case 'sync':
    case 'sync+restart':
      return { kind, ...readTarget(rule) }
    case 'sync+exec':
      return { kind, ...readTarget(rule), exec: readCommand(rule) }
    case 'restart':
      return { kind }
    default:
      return { kind: 'rebuild' }
  }
}

function readTarget(rule: MapNode): WatchTarget {
  return { target: textAt(rule, 'target') ?? '', initialSync: flagAt(rule, 'initial_sync') ?? false }
}

function readCommand(rule: MapNode): WatchCommand | undefined {
  const exec = nodeAt(rule, ['exec'])
  const argv = exec?.kind === 'map' ? (listAtKey(exec, 'command') ?? []) : []
  if (exec?.kind !== 'map' || argv.length === 0) return undefined
  return {
    argv,
    user: textAt(exec, 'user'),
    privileged: flagAt(exec, 'privileged') ?? false,
    workingDir: textAt(exec, 'working_dir'),
    environment: textsByKey(exec, 'environment'),
  }
}
