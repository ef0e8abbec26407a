import type { BuildStepSummary } from '../../../model/build-event.ts'
import type { BuildStep } from '../../../planner/build/build-graph.ts'

/** Returns what people are told of a step. */
export function summaryOf({ id, stage, position, count, text, span }: BuildStep): BuildStepSummary {
  return { id, stage, position, count, text, span }
}
