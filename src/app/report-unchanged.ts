import type { AppContext } from './app-context.ts'
import { beginRun } from './begin-run.ts'
import type { RunHooks } from './command-call.ts'
import type { PlannedRun, RunResult } from './run-plan.ts'

/**
 * Returns the result of `run` if everything is as it should be already; undefined if there is something to do. No lock
 * is taken and nothing is written: what was seen was true at one moment, and that is all that a lock could promise for
 * the time after it.
 */
export async function reportUnchanged(
  { engine }: AppContext,
  { name, images, plan: planFor, origins, diagnostics }: PlannedRun,
  hooks: RunHooks,
): Promise<RunResult | undefined> {
  const observed = await engine.observe(name, images, { firewall: true })
  // A project that has nothing is about to be created, and planning for that twice costs more than it can save.
  if (observed.containers.length === 0) return undefined
  const plan = planFor(observed)
  if (plan.steps.length > 0) return undefined
  beginRun(engine, { name, plan }, hooks)
  return { kind: 'ran', project: name, plan, report: { outcomes: new Map() }, origins, diagnostics }
}
