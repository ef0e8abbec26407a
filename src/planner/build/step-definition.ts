import { assertNever } from '../../base/assert-never.ts'
import { canonicalJson, compareText } from '../canonical-json.ts'
import type { BuildOperation, CopyOperation, CopySource, RunMount, RunOperation } from './build-graph.ts'

/**
 * Returns a text that is the same for operations that do the same to the same files. It does not say what the files are
 * that are read, nor values of secrets; places in the Dockerfile, names of stages and proxies do not matter, nor does the
 * order where it means nothing.
 */
export function stepDefinition(operation: BuildOperation): string {
  return canonicalJson(definitionOf(operation))
}

function definitionOf(operation: BuildOperation): unknown {
  switch (operation.kind) {
    case 'run':
      return runDefinition(operation)
    case 'copy':
      return copyDefinition(operation)
    case 'workdir':
      return operation
    default:
      return assertNever(operation)
  }
}

function runDefinition({ uncachedEnvironment: _, ...operation }: RunOperation): unknown {
  return {
    ...operation,
    mounts: operation.mounts
      .map(mountDefinition)
      .toSorted((a, b) => compareText(canonicalJson(a), canonicalJson(b))),
  }
}

/** Which of several kinds of files are mounted still matters: none, or those whose content counts. */
function mountDefinition({ span: _, ...mount }: RunMount): unknown {
  if (mount.kind !== 'bind' && mount.kind !== 'cache') return mount
  return { ...mount, from: mount.from === undefined ? undefined : 'files' }
}

function copyDefinition(operation: CopyOperation): unknown {
  return { ...operation, sources: operation.sources.map(source => sourceDefinition(source, operation)) }
}

/** Of a path in some files only the name counts, as in BuildKit's key of a copy: where the thing is leaves no trace. */
function sourceDefinition({ span: _, ...source }: CopySource, { keepsParents }: CopyOperation): unknown {
  if (source.kind !== 'tree') return source
  const { path } = source
  return { ...source, from: undefined, path: keepsParents ? path : path.slice(path.lastIndexOf('/') + 1) }
}
