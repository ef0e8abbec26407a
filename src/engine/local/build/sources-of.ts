import { assertNever } from '../../../base/assert-never.ts'
import type { BuildOperation, TreeRef } from '../../../planner/build/build-graph.ts'

/** Returns the files that an operation reads besides those that it starts from. */
export function sourcesOf(operation: BuildOperation): readonly TreeRef[] {
  switch (operation.kind) {
    case 'copy':
      return operation.sources.flatMap(source => (source.kind === 'tree' ? [source.from] : []))
    case 'run':
      return operation.mounts.flatMap(mount =>
        'from' in mount && mount.from !== undefined ? [mount.from] : [],
      )
    case 'workdir':
      return []
    default:
      return assertNever(operation)
  }
}
