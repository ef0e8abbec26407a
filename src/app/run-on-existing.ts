import type { Millis } from '../base/millis.ts'
import type { ObservedState } from '../model/observed-state.ts'
import type { Project } from '../model/project.ts'
import type { Plan } from '../planner/plan.ts'
import type { AppContext } from './app-context.ts'
import type { CommandCall } from './command-call.ts'
import { isDeclared } from './declared-services.ts'
import { findProject } from './find-project.ts'
import { providerRunner } from './provider-runner.ts'
import { type RunResult, runPlan } from './run-plan.ts'
import { serviceFileReader } from './service-file-reader.ts'
import type { UpOptions } from './up-plan.ts'

/** Which services `start`, `stop` or `restart` affects. */
export interface ServiceOptions {
  /** Empty is all. */
  readonly services: readonly string[]
  /** Overrides each container's stop grace period. */
  readonly timeout: Millis | undefined
  /** `restart`: do not restart dependents that ask for it. @default false */
  readonly noDeps?: boolean
  /** `start`: wait until the services run or are healthy, or so long at most. @default false */
  readonly wait?: UpOptions['wait']
}

/** Without a name, what the file declares is meant, and not what other files of the project have made. */
function namedServices(
  { containers, providers = new Map() }: ObservedState,
  { services }: ServiceOptions,
  project: Project | undefined,
): readonly string[] {
  const existing = new Set([...containers.map(({ service }) => service), ...providers.keys()])
  const isOurs = (name: string): boolean =>
    isDeclared(project, name) || project?.providers?.has(name) === true
  return services.length > 0 || [...existing].every(isOurs) ? services : [...existing].filter(isOurs)
}

/** Runs what `plan` makes of the containers that exist; works without the project's file where the request names it. */
export async function runOnExisting(
  context: AppContext,
  { request, options, hooks }: CommandCall<ServiceOptions>,
  plan: (observed: ObservedState, options: ServiceOptions, project: Project | undefined) => Plan,
): Promise<RunResult> {
  const found = await findProject(context, request, options.services)
  if (found.kind === 'invalid') return found
  const { project } = found
  const read = serviceFileReader(context, { request, project, signal: hooks.signal })
  const files = { key: undefined, read }
  const runProvider = providerRunner(context, { request, project })
  return runPlan(
    context,
    {
      ...{ ...found, images: [], files, runProvider },
      plan: observed =>
        plan(observed, { ...options, services: namedServices(observed, options, project) }, project),
    },
    hooks,
  )
}
