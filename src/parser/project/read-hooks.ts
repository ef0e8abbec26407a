import type { Hook, PreStartHook } from '../../model/hook.ts'
import type { Service } from '../../model/service.ts'
import { itemsOf, type MapNode } from '../document/node.ts'
import { entriesAt, textAt, valueAt } from '../rules/rule-context.ts'
import { flagAt, listAtKey } from './read-values.ts'

/** Reads what runs before a service with `image` starts, when it has started, and before it is stopped. */
export function readHooks(
  service: MapNode,
  image: string,
): Pick<Service, 'preStart' | 'postStart' | 'preStop'> {
  const preStart = itemsOf(valueAt(service, 'pre_start')).flatMap(item =>
    item.kind === 'map' ? [readPreStart(item, image)] : [],
  )
  const postStart = hooksAt(service, 'post_start')
  const preStop = hooksAt(service, 'pre_stop')
  return {
    ...(preStart.length > 0 && { preStart }),
    ...(postStart.length > 0 && { postStart }),
    ...(preStop.length > 0 && { preStop }),
  }
}

function hooksAt(service: MapNode, key: string): readonly Hook[] {
  return itemsOf(valueAt(service, key)).flatMap(item => (item.kind === 'map' ? [readHook(item)] : []))
}

function readPreStart(map: MapNode, image: string): PreStartHook {
  const { argv, ...hook } = readHook(map)
  return {
    ...hook,
    ...(argv.length > 0 && { argv }),
    image: textAt(map, 'image') || image,
    ...(flagAt(map, 'per_replica') && { isPerReplica: true }),
  }
}

function readHook(map: MapNode): Hook {
  const user = textAt(map, 'user')
  const workingDir = textAt(map, 'working_dir')
  return {
    argv: listAtKey(map, 'command') ?? [],
    ...(user && { user }),
    ...(flagAt(map, 'privileged') && { privileged: true }),
    ...(workingDir && { workingDir }),
    environment: readHookEnvironment(map),
  }
}

/** A variable without a value that the project does not have either is left as the service has it. */
function readHookEnvironment(map: MapNode): ReadonlyMap<string, string> {
  return new Map(
    [...entriesAt(map, 'environment')].flatMap(([name, { value }]) =>
      value.kind === 'scalar' && value.value !== null ? [[name, String(value.value)] as const] : [],
    ),
  )
}
