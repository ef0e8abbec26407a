import { planStart } from '../planner/index.ts'
import type { AppContext } from './app-context.ts'
import type { CommandCall } from './command-call.ts'
import { requireContainers } from './require-containers.ts'
import { runOnExisting, type ServiceOptions } from './run-on-existing.ts'
import type { RunResult } from './run-plan.ts'

/** Starts the containers that exist and do not run. @throws {TcomposeError} `container-not-running` if a service has none. */
export function start(context: AppContext, call: CommandCall<ServiceOptions>): Promise<RunResult> {
  return runOnExisting(context, call, (observed, options, project) => {
    requireContainers(observed, { services: options.services, project, verb: 'start' })
    return planStart(observed, options)
  })
}
