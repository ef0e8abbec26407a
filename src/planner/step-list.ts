import type { Action } from './action.ts'
import type { Step } from './plan.ts'

/** All of a step but its action and its number. */
export interface StepDetails {
  readonly cause: string
  /** Ids in any order, repeats allowed. @default none */
  readonly dependsOn?: Iterable<number>
  readonly origin?: string | undefined
  /** Why the step loses data, if it does. */
  readonly destructive?: string | undefined
}

/** Collects steps. A step may depend on earlier ones only, so the list is in topological order at any time. */
export class StepList {
  readonly #steps: Step[] = []

  get steps(): readonly Step[] {
    return [...this.#steps]
  }

  /** Returns the id of the new step. */
  add(action: Action, { cause, dependsOn = [], origin, destructive }: StepDetails): number {
    const id = this.#steps.length + 1
    this.#steps.push({
      id,
      action,
      cause,
      dependsOn: [...new Set(dependsOn)].sort((a, b) => a - b),
      origin,
      destructive: destructive === undefined ? undefined : { reason: destructive },
    })
    return id
  }
}
