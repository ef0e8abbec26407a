import { planRestart } from '../planner/index.ts'
import type { AppContext } from './app-context.ts'
import type { CommandCall } from './command-call.ts'
import { requireContainers } from './require-containers.ts'
import { runOnExisting, type ServiceOptions } from './run-on-existing.ts'
import type { RunResult } from './run-plan.ts'

/** Restarts containers. @throws {TcomposeError} `container-not-running` if a service that is named has none, or nothing has. */
export function restart(context: AppContext, call: CommandCall<ServiceOptions>): Promise<RunResult> {
  return runOnExisting(context, call, (observed, options, project) => {
    const meant = options.services.length > 0 ? project : undefined
    requireContainers(observed, { services: options.services, project: meant, verb: 'restart' })
    return planRestart(observed, options)
  })
}
