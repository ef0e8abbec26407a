import type { Diagnostic } from '../base/diagnostic.ts'
import type { Digest } from '../base/digest.ts'
import type { CommitRequest, LockOptions } from '../engine/engine.ts'
import type { AppContext } from './app-context.ts'
import { withStillContainer } from './copy.ts'
import { findReplica } from './find-replica.ts'
import type { ProjectRequest } from './project-request.ts'

/** Which container becomes an image, and what kind of one. */
export interface CommitOptions {
  readonly service: string
  /** Counts from 1. */
  readonly index: number
  readonly commit: CommitRequest
  readonly lock: LockOptions
  /** No image is made. @default false */
  readonly isDryRun?: boolean
}

/** The image that was made; it has no id in a rehearsal. */
export type CommitResult =
  | { readonly kind: 'invalid'; readonly diagnostics: readonly Diagnostic[] }
  | { readonly kind: 'committed'; readonly container: string; readonly id: Digest | undefined }

/**
 * Makes an image of a container of a service.
 *
 * @throws {TcomposeError} `container-not-running` if there is no such container; what the engine throws.
 */
export async function commit(
  context: AppContext,
  request: ProjectRequest,
  { service, index, commit: wanted, lock, isDryRun = false }: CommitOptions,
): Promise<CommitResult> {
  const found = await findReplica(context, request, { service, index })
  if (found.kind === 'invalid') return found
  const {
    project,
    container: { id, name },
  } = found
  if (isDryRun) return { kind: 'committed', container: name, id: undefined }
  const image = await withStillContainer({ context, project, lock }, id, () =>
    context.engine.containers.commit(project, id, wanted),
  )
  return { kind: 'committed', container: name, id: image }
}
