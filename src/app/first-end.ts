import type { FirstEndOptions, FirstEndResult } from './app.ts'
import type { AppContext } from './app-context.ts'
import { findProject } from './find-project.ts'
import type { ProjectRequest } from './project-request.ts'

/** Waits for the first container that ends for good; one that has ended already counts. */
export async function firstEnd(
  context: AppContext,
  request: ProjectRequest,
  { services, isFailureOnly, signal }: FirstEndOptions,
): Promise<FirstEndResult> {
  const found = await findProject(context, request, services)
  if (found.kind === 'invalid') return found
  for await (const container of context.engine.ends(found.name, { services, signal })) {
    const hasFailed = container.state.kind === 'exited' && container.state.exitCode !== 0
    if (hasFailed || !isFailureOnly) return { kind: 'ended', container }
  }
  return { kind: 'aborted' }
}
