import { type Diagnostic, hasErrors } from '../base/diagnostic.ts'
import type { TcomposeError } from '../base/tcompose-error.ts'
import type { Origins } from '../model/project.ts'
import type { Plan } from '../planner/plan.ts'
import type { AppContext } from './app-context.ts'
import { askRegistries, wantedImages, withOffers } from './ask-registries.ts'
import { checkHostPorts } from './check-host-ports.ts'
import { desiredOf } from './desired-of.ts'
import { loadRequested } from './find-project.ts'
import type { ProjectRequest } from './project-request.ts'
import { pullChoice, type UpOptions, upPlan } from './up-plan.ts'

/** What `up` would do, or why that is not known. */
export type PlanResult =
  | { readonly kind: 'invalid'; readonly diagnostics: readonly Diagnostic[] }
  /** What the plan depends on cannot be determined. */
  | { readonly kind: 'refused'; readonly errors: readonly TcomposeError[]; readonly origins: Origins }
  | {
      readonly kind: 'planned'
      readonly plan: Plan
      readonly diagnostics: readonly Diagnostic[]
      readonly unchanged: number
    }

/** Returns what `up` would do; changes nothing and takes no lock. */
export async function plan(
  context: AppContext,
  request: ProjectRequest,
  options: UpOptions,
): Promise<PlanResult> {
  const { engine } = context
  const { project, diagnostics } = await loadRequested(context, request, options.services)
  if (project === undefined || hasErrors(diagnostics)) return { kind: 'invalid', diagnostics }
  const desired = desiredOf(project, options)
  const clashes = checkHostPorts(desired, project.origins)
  if (clashes.length > 0) return { kind: 'invalid', diagnostics: [...diagnostics, ...clashes] }
  const choice = pullChoice(options)
  const answer = await askRegistries(engine, { desired, choice })
  if (answer.kind === 'failed') {
    return { kind: 'refused', errors: answer.errors, origins: project.origins }
  }
  const observed = await engine.observe(project.name, wantedImages(desired), { firewall: true })
  return {
    kind: 'planned',
    plan: upPlan(desired, withOffers(observed, answer.ids), { project, options, choice }),
    diagnostics,
    unchanged: observed.containers.length,
  }
}
