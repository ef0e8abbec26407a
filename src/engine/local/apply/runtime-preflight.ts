import type { TcomposeError } from '../../../base/tcompose-error.ts'
import type { Plan } from '../../../planner/plan.ts'
import type { RuntimeSources } from '../host/runtime-sources.ts'
import { asksForRuntime } from '../oci-runtime/asks-for-runtime.ts'

/** Does for the OCI runtimes of services what `preflight` does for all else: each service of the plan is looked at once. */
export async function runtimePreflight(
  plan: Plan,
  sources: RuntimeSources,
): Promise<readonly TcomposeError[]> {
  const wishing = new Map(
    plan.steps.flatMap(({ action }) =>
      action.kind === 'create-container' && asksForRuntime(action.container.config)
        ? [[action.container.service, action.container.config] as const]
        : [],
    ),
  )
  if (wishing.size === 0) return []
  const { runtimeProblems } = await import('../oci-runtime/runtime-problems.ts')
  return [...wishing.values()].flatMap(service => runtimeProblems(service, sources))
}
