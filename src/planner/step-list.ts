import type { ModelPath } from '../base/model-path.ts'
import type { Action } from './action.ts'
import type { Step } from './plan.ts'

/** All of a step but its action and its number. */
export interface StepDetails {
  readonly cause: string
  /** Ids in any order, repeats allowed. @default none */
  readonly dependsOn?: Iterable<number>
  readonly origin?: ModelPath | undefined
  /** Why the step loses data, if it does. */
  readonly destructive?: string | undefined
}

/** Collects steps. A step may depend on earlier ones only, so the list is in topological order at any time. */
export class StepList {
  readonly #steps: Step[] = []
  #barrier: readonly number[] = []

  get steps(): readonly Step[] {
    return [...this.#steps]
  }

  /** Lets every step that is added from now on wait for `ids`, if only through others. */
  waitFor(ids: Iterable<number>): void {
    this.#barrier = [...ids]
  }

  /** Returns the id of the new step. */
  add(action: Action, { cause, dependsOn = [], origin, destructive }: StepDetails): number {
    const id = this.#steps.length + 1
    this.#steps.push({
      id,
      action,
      cause,
      dependsOn: this.#withoutImplied(new Set(this.#behindBarrier([...dependsOn]))),
      origin,
      destructive: destructive === undefined ? undefined : { reason: destructive },
    })
    return id
  }

  #behindBarrier(ids: readonly number[]): readonly number[] {
    return ids.some(id => this.#vouches(id)) ? ids : [...ids, ...this.#barrier]
  }

  /** Leaves out the ids that another one depends on itself, so that a plan reads well. */
  #withoutImplied(ids: ReadonlySet<number>): readonly number[] {
    const implied = new Set([...ids].flatMap(id => this.#impliedBy(id)))
    return [...ids].filter(id => !implied.has(id)).sort((a, b) => a - b)
  }

  #impliedBy(id: number): readonly number[] {
    return this.#vouches(id) ? (this.#steps[id - 1]?.dependsOn ?? []) : []
  }

  /** A step that starts even when what it depends on has failed guarantees none of that. */
  #vouches(id: number): boolean {
    const action = this.#steps[id - 1]?.action
    return action !== undefined && (action.kind !== 'await-service' || action.required)
  }
}
