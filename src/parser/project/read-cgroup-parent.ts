import { parseAbsolutePath } from '../../base/absolute-path.ts'
import type { Service } from '../../model/service.ts'
import type { MapNode } from '../document/node.ts'
import { textAt } from '../rules/rule-context.ts'

/** Reads the control group above that of a service, e.g. `/batch`. A relative path starts at the root, which is none. */
export function readCgroupParent(service: MapNode): Pick<Service, 'cgroupParent'> {
  const path = parseAbsolutePath(`/${textAt(service, 'cgroup_parent') ?? ''}`)
  return path === '/' ? {} : { cgroupParent: path }
}
