import { planRestart } from '../planner/index.ts'
import type { AppContext } from './app-context.ts'
import type { CommandCall } from './command-call.ts'
import { runOnExisting, type ServiceOptions } from './run-on-existing.ts'
import type { RunResult } from './run-plan.ts'

/** Restarts containers. */
export function restart(context: AppContext, call: CommandCall<ServiceOptions>): Promise<RunResult> {
  return runOnExisting(context, call, planRestart)
}
