import { toStoredSpec } from '../model/stored-spec.ts'
import type { Action } from './action.ts'
import type { Plan } from './plan.ts'
import { type PlanSummary, summarize } from './plan-summary.ts'

/** A value as JSON knows it. */
export type Json =
  | string
  | number
  | boolean
  | null
  | readonly Json[]
  | { readonly [key: string]: Json | undefined }

/**
 * The plan as `plan --json` prints it. `action` has the fields of `Action`, with every Map as an object whose keys are
 * sorted. What is undefined there is null here, in a Map too, where it is a variable that the container lacks.
 */
export interface PlanJson {
  readonly formatVersion: 1
  readonly project: string
  readonly summary: PlanSummary
  readonly steps: readonly StepJson[]
  readonly warnings: readonly string[]
  readonly unchanged: readonly string[]
}

export interface StepJson {
  readonly id: number
  readonly action: Json
  readonly cause: string
  readonly dependsOn: readonly number[]
  readonly origin?: string
  readonly destructive?: { readonly reason: string }
}

/** Returns `plan` as plain data for `JSON.stringify`. Equal plans give equal text. */
export function planToJson(plan: Plan): PlanJson {
  return {
    formatVersion: 1,
    project: plan.project,
    summary: summarize(plan),
    steps: plan.steps.map(({ id, action, cause, dependsOn, origin, destructive }) => ({
      id,
      action: toJson(shownAction(action)),
      cause,
      dependsOn,
      ...(origin === undefined ? {} : { origin }),
      ...(destructive === undefined ? {} : { destructive }),
    })),
    warnings: plan.warnings,
    unchanged: plan.unchanged ?? [],
  }
}

function shownAction(action: Action): unknown {
  if (action.kind !== 'create-container' && action.kind !== 'reattach-container') return action
  return { ...action, container: toStoredSpec(action.container) }
}

function toJson(value: unknown): Json {
  if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return value
  if (Array.isArray(value)) return value.map(toJson)
  if (value instanceof Map) return objectOf([...value].sort(([a], [b]) => (a < b ? -1 : 1)))
  if (typeof value === 'object' && value !== null) return objectOf(Object.entries(value))
  return null
}

function objectOf(entries: readonly (readonly [string, unknown])[]): Json {
  return Object.fromEntries(entries.map(([key, value]) => [key, toJson(value)]))
}
