import type { KillOptions, KillResult } from './app.ts'
import type { AppContext } from './app-context.ts'
import { findProject } from './find-project.ts'
import type { ProjectRequest } from './project-request.ts'
import { requireRoot } from './run-plan.ts'

/** Sends a signal to the running containers of a project, or of some of its services. */
export async function kill(
  context: AppContext,
  request: ProjectRequest,
  options: KillOptions,
): Promise<KillResult> {
  const found = await findProject(context, request, options.services)
  if (found.kind === 'invalid') return found
  requireRoot(context)
  const { containers } = await context.engine.observe(found.name, [])
  const wanted = containers
    .filter(({ state }) => state.kind === 'running' || state.kind === 'orphaned')
    .filter(({ service }) => options.services.length === 0 || options.services.includes(service))
  await Promise.all(wanted.map(({ id }) => context.engine.kill(found.name, id, options.signal)))
  return { kind: 'signalled', names: wanted.map(({ name }) => name) }
}
