import type { Engine, ExecutionReport, Outcome, StepEvent } from '../engine/engine.ts'
import type { Plan } from '../planner/plan.ts'
import type { RunHooks } from './command-call.ts'

/** What carrying out a plan needs of an engine. */
export type PlanEngine = Pick<Engine, 'lock' | 'lockPresent' | 'observe' | 'preflight' | 'execute' | 'follow'>

/** Returns `engine`, or for a dry run one that observes as it does and changes nothing. */
export function engineFor(engine: PlanEngine, { isDryRun = false }: Pick<RunHooks, 'isDryRun'>): PlanEngine {
  return isDryRun ? rehearsal(engine) : engine
}

function rehearsal(engine: PlanEngine): PlanEngine {
  const lock = async () => ({ [Symbol.asyncDispose]: async () => {} })
  return {
    lock,
    lockPresent: lock,
    observe: (...given) => engine.observe(...given),
    preflight: plan => engine.preflight(plan),
    follow: (...given) => engine.follow(...given),
    execute: async (plan, { onEvent }) => rehearse(plan, onEvent),
  }
}

/** Tells `onEvent` of each step of `plan`, in order, as if it had been done at once. */
export function rehearse({ steps }: Plan, onEvent: (event: StepEvent) => void): ExecutionReport {
  const outcome: Outcome = { kind: 'done' }
  for (const step of steps) {
    onEvent({ kind: 'step-started', step })
    onEvent({ kind: 'step-finished', step, outcome, tookMs: 0 })
  }
  return { outcomes: new Map(steps.map(({ id }) => [id, outcome])) }
}
