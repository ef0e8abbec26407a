import { diskRefusal } from '../../../base/disk-refusal.ts'
import { Semaphore } from '../../../base/semaphore.ts'
import { TcomposeError } from '../../../base/tcompose-error.ts'
import { SystemCallError } from '../../../linux/libc.ts'
import type { Plan, Step } from '../../../planner/plan.ts'
import type { ExecuteOptions, ExecutionReport, Outcome } from '../../engine.ts'
import type { ApplyContext } from './apply-context.ts'
import { type WalkOutcome, walk } from './walk.ts'

/** What a handler says of its step beyond its end. */
export type StepRemarks = Pick<ApplyContext, 'leave' | 'doneWhen'>

export interface PlanOptions extends Pick<ExecuteOptions, 'signal' | 'onEvent' | 'parallel'> {
  /** Called when every step was run, though what some have set going may not be done. */
  readonly onAllRun?: () => void
}

/**
 * Carries out the steps of `plan` in parallel as far as allowed, and reports how each ended. Never rejects for a step.
 */
export async function applyPlan(
  plan: Plan,
  run: (step: Step, remarks: StepRemarks) => Promise<void>,
  { signal, onEvent, parallel, onAllRun }: PlanOptions,
): Promise<ExecutionReport> {
  const startedAt = new Map<number, number>()
  const outcomes = new Map<number, Outcome>()
  const left = new Map<number, string>()
  const pending = new Map<number, Promise<void>[]>()
  const begin = async (step: Step): Promise<void> => {
    startedAt.set(step.id, performance.now())
    onEvent({ kind: 'step-started', step })
    await run(step, {
      leave: why => left.set(step.id, why),
      doneWhen: gone => pending.set(step.id, [...(pending.get(step.id) ?? []), gone]),
    })
  }
  const slots = new Semaphore(parallel ?? Number.POSITIVE_INFINITY)
  await walk(plan.steps, {
    signal,
    // A wait is no work, and what it waits for may need the only slot.
    run: step => (step.action.kind === 'await-service' ? begin(step) : slots.run(() => begin(step))),
    tolerates: step => {
      if (step.action.kind !== 'await-service' || step.action.required) return false
      const message = `Service "${step.action.service}" did not start; nothing depends on it`
      onEvent({ kind: 'warning', step, message })
      return true
    },
    confirm: step => {
      const promises = pending.get(step.id)
      return promises && Promise.all(promises)
    },
    onAllRun: () => onAllRun?.(),
    onOutcome: (step, walked) => {
      const outcome = outcomeOf(step, walked, left.get(step.id))
      const tookMs = performance.now() - (startedAt.get(step.id) ?? performance.now())
      outcomes.set(step.id, outcome)
      onEvent({ kind: 'step-finished', step, outcome, tookMs })
    },
  })
  return { outcomes }
}
function outcomeOf(step: Step, outcome: WalkOutcome, left: string | undefined): Outcome {
  if (outcome.kind === 'done') return left === undefined ? outcome : { ...outcome, left }
  return outcome.kind === 'failed' ? { kind: 'failed', error: stepError(step, outcome.error) } : outcome
}

/** Gives a failure that does not know its place the step's. */
function stepError(step: Step, error: unknown): TcomposeError {
  const known = error instanceof TcomposeError ? error : diskRefusal(error)
  return known?.at(step.origin) ?? failureOf(step, error)
}

/** A call of the kernel or of Node that failed is the machine's matter; anything else is a bug. */
function failureOf(step: Step, error: unknown): TcomposeError {
  const what = step.action.kind.replace('-', ' ')
  const message = error instanceof Error ? error.message : String(error)
  const place = { cause: error, ...(step.origin === undefined ? {} : { origin: step.origin }) }
  if (error instanceof SystemCallError || (error instanceof Error && 'syscall' in error)) {
    const hint = 'Run "tcompose doctor" to see what this machine lacks'
    return new TcomposeError('system-call', `Cannot ${what}: ${message}`, { ...place, hint })
  }
  const hint = 'This is a bug of tcompose: please report it with the command and the file'
  return new TcomposeError('internal', `Cannot ${what}: ${message}`, { ...place, hint })
}
