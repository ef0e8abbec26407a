import { assertNever } from '../../base/assert-never.ts'
import { TcomposeError } from '../../base/tcompose-error.ts'
import type { Action } from '../../planner/action.ts'
import type { Plan, Step } from '../../planner/plan.ts'
import type { ExecuteOptions, ExecutionReport, Outcome } from '../engine.ts'
import { SystemCallError } from '../host/libc.ts'
import { awaitService } from './await-service.ts'
import { createContainer } from './create-container.ts'
import type { ExecutionContext } from './execution-context.ts'
import { fetchStepImage } from './fetch-image.ts'
import { createNetwork, removeNetwork } from './network-actions.ts'
import { pushStepImage } from './push-image.ts'
import { removeContainer } from './remove-container.ts'
import { startContainer } from './start-container.ts'
import { stopContainer } from './stop-container.ts'
import { createNamedVolume, removeNamedVolume } from './volume-actions.ts'
import { type WalkOutcome, walk } from './walk.ts'

/** Carries out the steps of `plan` as wide as they may go, and tells how each ended. Never rejects for a step. */
export async function executePlan(
  plan: Plan,
  contextOf: (step: Step) => ExecutionContext,
  { signal, onEvent }: Pick<ExecuteOptions, 'signal' | 'onEvent'>,
): Promise<ExecutionReport> {
  const startedAt = new Map<number, number>()
  const outcomes = new Map<number, Outcome>()
  await walk(plan.steps, {
    signal,
    run: async step => {
      startedAt.set(step.id, performance.now())
      onEvent({ kind: 'step-started', step })
      await runAction(contextOf(step), step.action)
    },
    tolerates: step => {
      if (step.action.kind !== 'await-service' || step.action.required) return false
      const message = `Service "${step.action.service}" did not start; nothing needs it to`
      onEvent({ kind: 'warning', step, message })
      return true
    },
    onOutcome: (step, walked) => {
      const outcome = outcomeOf(step, walked)
      const tookMs = performance.now() - (startedAt.get(step.id) ?? performance.now())
      outcomes.set(step.id, outcome)
      onEvent({ kind: 'step-finished', step, outcome, tookMs })
    },
  })
  return { outcomes }
}

async function runAction(context: ExecutionContext, action: Action): Promise<void> {
  switch (action.kind) {
    case 'fetch-image':
      return fetchStepImage(context, action)
    case 'push-image':
      return pushStepImage(context, action)
    case 'create-network':
      return createNetwork(context, action)
    case 'remove-network':
      return removeNetwork(context, action)
    case 'create-volume':
      return createNamedVolume(context, action)
    case 'remove-volume':
      return removeNamedVolume(context, action)
    case 'create-container':
      return createContainer(context, action)
    case 'start-container':
      return startContainer(context, action)
    case 'stop-container':
      return stopContainer(context, action)
    case 'remove-container':
      return removeContainer(context, action)
    case 'await-service':
      return awaitService(context, action)
    default:
      return assertNever(action)
  }
}

function outcomeOf(step: Step, outcome: WalkOutcome): Outcome {
  return outcome.kind === 'failed' ? { kind: 'failed', error: stepError(step, outcome.error) } : outcome
}

/** Gives a failure that does not know its place the step's. */
function stepError(step: Step, error: unknown): TcomposeError {
  if (error instanceof TcomposeError) {
    if (error.origin !== undefined || error.span !== undefined || step.origin === undefined) return error
    const { message, hint, notes, cause } = error
    return new TcomposeError(error.code, message, {
      ...(hint === undefined ? {} : { hint }),
      notes,
      cause,
      origin: step.origin,
    })
  }
  return failureOf(step, error)
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
