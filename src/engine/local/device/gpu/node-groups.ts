import type { CdiEdits } from '../../../../oci/cdi/cdi-spec.ts'
import type { SystemRoot } from './system-root.ts'

/** Returns the groups that may use the nodes at `paths`, such as video and render, for users other than root. */
export function groupsOf(root: SystemRoot, paths: readonly string[]): Pick<CdiEdits, 'additionalGids'> {
  const groups = new Set(paths.flatMap(path => root.groupOf(path) ?? []))
  groups.delete(0)
  return groups.size === 0 ? {} : { additionalGids: [...groups].sort((a, b) => a - b) }
}
