import { parseAbsolutePath } from '../../base/absolute-path.ts'
import type { MapNode } from '../document/node.ts'
import { textAt } from '../rules/rule-context.ts'

/** Reads the control group above that of a service, e.g. `/batch`; '' is the project's. A relative path starts at the root. */
export function readCgroupParent(service: MapNode): string {
  const path = parseAbsolutePath(`/${textAt(service, 'cgroup_parent') ?? ''}`)
  return path === '/' ? '' : path
}
