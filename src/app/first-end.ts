import type { ObservedContainer } from '../model/observed-state.ts'
import type { FirstEndOptions, FirstEndResult } from './app.ts'
import type { AppContext } from './app-context.ts'
import { findProject } from './find-project.ts'
import type { ProjectRequest } from './project-request.ts'

/**
 * Waits for the first container that ends for good; one that has ended already counts. Where only failures count, it
 * ends without one once none of the containers is left that could fail.
 */
export async function firstEnd(
  context: AppContext,
  request: ProjectRequest,
  { services, isFailureOnly, signal }: FirstEndOptions,
): Promise<FirstEndResult> {
  const found = await findProject(context, request, services)
  if (found.kind === 'invalid') return found
  const succeeded = new Set<string>()
  for await (const container of context.engine.ends(found.name, { services, signal })) {
    const hasFailed = container.state.kind !== 'exited' || container.state.exitCode !== 0
    if (hasFailed || !isFailureOnly) return { kind: 'ended', container }
    succeeded.add(container.id)
    const { containers } = await context.engine.observe(found.name, [])
    const own = containers.filter(({ service }) => services.length === 0 || services.includes(service))
    if (!own.some(one => mayFail(one, succeeded))) return { kind: 'succeeded' }
  }
  return { kind: 'aborted' }
}

/** One that has ended may have failed, too: its end is not told yet. */
function mayFail({ id, state }: ObservedContainer, succeeded: ReadonlySet<string>): boolean {
  switch (state.kind) {
    case 'running':
    case 'restarting':
      return true
    case 'exited':
      return !succeeded.has(id)
    case 'orphaned':
    case 'created':
    case 'incomplete':
      return false
  }
}
