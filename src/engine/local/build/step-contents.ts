import { assertNever } from '../../../base/assert-never.ts'
import type { BuildOperation } from '../../../planner/build/build-graph.ts'
import { digestPath, digestSources, type SourceAccess } from './files/digest-sources.ts'

/**
 * Returns the digests of the files that a step reads besides those that it starts from. What a command finds in a cache
 * is not among them.
 *
 * @throws {TcomposeError} `build-source` if one is not there.
 */
export async function stepContents(
  operation: BuildOperation,
  access: SourceAccess,
): Promise<readonly string[]> {
  switch (operation.kind) {
    case 'workdir':
      return []
    case 'copy':
      return [await digestSources(operation, access)]
    case 'run':
      return await Promise.all(
        operation.mounts.flatMap(mount => {
          if (mount.kind !== 'bind') return []
          const { from, source: path, span } = mount
          return [digestPath({ from, path, span }, access)]
        }),
      )
    default:
      return assertNever(operation)
  }
}
