import type { Diagnostic } from '../base/diagnostic.ts'
import type { ProjectName } from '../model/names.ts'
import type { ObservedContainer } from '../model/observed-state.ts'
import type { AppContext } from './app-context.ts'
import { findProject } from './find-project.ts'
import type { ProjectRequest } from './project-request.ts'
import { requireContainer } from './require-container.ts'
import { requireRoot } from './run-plan.ts'

/** A container of a service, and its project. */
export type ReplicaSearch =
  | { readonly kind: 'invalid'; readonly diagnostics: readonly Diagnostic[] }
  | { readonly kind: 'found'; readonly project: ProjectName; readonly container: ObservedContainer }

/**
 * Finds container `index` of `service`, counted from 1.
 *
 * @throws {TcomposeError} `not-root`; `container-not-running` if there is no such container.
 */
export async function findReplica(
  context: AppContext,
  request: ProjectRequest,
  { service, index }: { readonly service: string; readonly index: number },
): Promise<ReplicaSearch> {
  const found = await findProject(context, request, [service])
  if (found.kind === 'invalid') return found
  requireRoot(context)
  const { containers } = await context.engine.observe(found.name, [])
  const container = requireContainer(containers, { service, number: index })
  return { kind: 'found', project: found.name, container }
}
