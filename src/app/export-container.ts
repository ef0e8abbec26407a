import type { Diagnostic } from '../base/diagnostic.ts'
import type { LockOptions } from '../engine/engine.ts'
import type { AppContext } from './app-context.ts'
import { withStillContainer } from './copy.ts'
import { findReplica } from './find-replica.ts'
import type { ProjectRequest } from './project-request.ts'

/** Which container is exported, and where to. */
export interface ExportOptions {
  readonly service: string
  /** Counts from 1. */
  readonly index: number
  /** Takes the archive. */
  readonly write: (archive: AsyncIterable<Buffer>) => Promise<void>
  readonly lock: LockOptions
}

/** How an export ended. */
export type ExportResult =
  | { readonly kind: 'invalid'; readonly diagnostics: readonly Diagnostic[] }
  | { readonly kind: 'exported' }

/**
 * Writes the files of a container as an archive, without its volumes and other mounts.
 *
 * @throws {TcomposeError} `container-not-running` if there is no such container.
 */
export async function exportContainer(
  context: AppContext,
  request: ProjectRequest,
  { service, index, write, lock }: ExportOptions,
): Promise<ExportResult> {
  const found = await findReplica(context, request, { service, index })
  if (found.kind === 'invalid') return found
  const {
    project,
    container: { id },
  } = found
  await withStillContainer({ context, project, lock }, id, () =>
    context.engine.containers.export(project, id, { write, signal: lock.signal }),
  )
  return { kind: 'exported' }
}
