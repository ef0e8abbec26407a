import type { SourceSpan } from '../../../base/source-span.ts'
import type { CopyOperation, TreeRef } from '../../../planner/build/build-graph.ts'

/** Returns the operation that copies `source` of a context to the same place in a layer of its own. */
export function copyOfContext(from: TreeRef, source: string, span: SourceSpan): CopyOperation {
  return {
    kind: 'copy',
    sources: [{ kind: 'tree', from, path: source, span }],
    destination: source,
    chown: undefined,
    chmod: undefined,
    isLink: true,
    keepsParents: false,
    excludes: [],
    unpacksLocal: false,
    unpacksRemote: false,
  }
}
