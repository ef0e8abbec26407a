import type { ExecOptions, ExecResult } from './app.ts'
import type { AppContext } from './app-context.ts'
import { findProject } from './find-project.ts'
import type { ProjectRequest } from './project-request.ts'
import { requireContainer } from './require-container.ts'
import { requireRoot } from './run-plan.ts'

/**
 * Runs a process in a container of a service.
 *
 * @throws {TcomposeError} `not-root`, `container-not-running`, and what the engine throws.
 */
export async function exec(
  context: AppContext,
  request: ProjectRequest,
  options: ExecOptions,
): Promise<ExecResult> {
  const found = findProject(context, request, [options.service])
  if (found.kind === 'invalid') return found
  requireRoot(context)
  const { containers } = await context.engine.observe(found.name, [])
  const container = requireContainer(containers, { service: options.service, number: options.index })
  return { kind: 'exited', exitCode: await context.engine.exec(found.name, container.id, options) }
}
