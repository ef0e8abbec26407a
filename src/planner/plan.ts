import type { ModelPath } from '../base/model-path.ts'
import type { Action } from './action.ts'
import type { Change } from './change.ts'

/**
 * What an engine has to do for a project, as data, on two levels: what changes, which any engine can carry out, and the
 * steps in which this machine does, in topological order.
 */
export interface Plan {
  readonly project: string
  /** Of networks, volumes and services; fetching, building and pushing images is none. */
  readonly changes: readonly Change[]
  readonly steps: readonly Step[]
  /** Things the user should know that stop nothing, e.g. orphan containers. */
  readonly warnings: readonly string[]
  /** Names of the containers that are as they should be and no step touches, sorted. */
  readonly unchanged?: readonly string[]
  /** Those of `unchanged` that have ended and stay so, such as a job that has completed. */
  readonly ended?: readonly string[]
  /** Names of the containers that were to be stopped and do not run. */
  readonly stopped?: readonly string[]
  /** Images that a pull leaves as they are, sorted. */
  readonly keptImages?: readonly KeptImage[]
}

/** An image that no step fetches. */
export interface KeptImage {
  /** As `imageLabel`. */
  readonly label: string
  /**
   * `present`: it is on this machine. `never`: it is not, and its pull policy lets no registry be asked. `built`: it is
   * built, and no registry is said to have it.
   */
  readonly reason: 'present' | 'never' | 'built'
}

export interface Step {
  /** Counts from 1, in the order of `Plan.steps`. */
  readonly id: number
  readonly action: Action
  /** Why, in the user's words, e.g. `not found` or `configuration changed: image`. */
  readonly cause: string
  /**
   * Ids of the steps that must be done before this one starts; all are smaller than `id`. An `await-service` that is
   * not required starts when they have ended in any way.
   */
  readonly dependsOn: readonly number[]
  /** The model path behind the step, e.g. `services.db`. */
  readonly origin: ModelPath | undefined
  /** Set when the step loses data that cannot be recreated. */
  readonly destructive: { readonly reason: string } | undefined
}
