import type { Millis } from '../base/millis.ts'
import type { ObservedState } from '../model/observed-state.ts'
import type { Project } from '../model/project.ts'
import {
  type BuildChoice,
  type DesiredState,
  type Plan,
  type PullChoice,
  planUp,
  withWait,
} from '../planner/index.ts'
import { orphanOptions } from './orphan-options.ts'

/** How `up` treats what exists; the flags of the command of the same names. */
export interface UpOptions {
  /** Empty is all. */
  readonly services: readonly string[]
  readonly noDeps: boolean
  readonly forceRecreate: boolean
  /** Recreate what the named services depend on too. @default false */
  readonly alwaysRecreateDeps?: boolean
  readonly noRecreate: boolean
  readonly noStart: boolean
  /** Run services again that have completed what others wait for. @default false */
  readonly rerun?: boolean
  readonly removeOrphans: boolean
  readonly renewAnonymousVolumes: boolean
  readonly scale: ReadonlyMap<string, number>
  /** Overrides each container's stop grace period. */
  readonly timeout: Millis | undefined
  /** Wait until every service runs or is healthy, or so long at most. */
  readonly wait: boolean | { readonly timeout: Millis }
  /** How long services wait for what they depend on, at most. @default as long as it takes */
  readonly waitTimeout?: Millis | undefined
  /** Make networks and volumes that no service uses, too. @default false */
  readonly allResources?: boolean
  /** When to pull images. @default the pull policy of each service */
  readonly pull?: 'always' | 'missing' | 'never' | undefined
  /** `always`: build images though they are there. `never`: build none. @default build those that are not there */
  readonly build?: 'always' | 'never' | undefined
}

/** What `up` does without a flag. */
export const PLAIN_UP: UpOptions = {
  services: [],
  noDeps: false,
  forceRecreate: false,
  noRecreate: false,
  noStart: false,
  removeOrphans: false,
  renewAnonymousVolumes: false,
  scale: new Map(),
  timeout: undefined,
  wait: false,
}

/** What `up` is planned from besides what exists. */
export interface UpChoices {
  readonly project: Project
  readonly options: UpOptions
  readonly choice: PullChoice & BuildChoice
}

/** Returns what `up` does to get from `observed` to `desired`. */
export function upPlan(
  desired: DesiredState,
  observed: ObservedState,
  { project, options, choice }: UpChoices,
): Plan {
  const { pull: _pull, build: _build, wait, waitTimeout, removeOrphans, ...rest } = options
  const orphans = orphanOptions(project, removeOrphans)
  const planned = withinTime(planUp(desired, observed, { ...rest, ...orphans, ...choice }), waitTimeout)
  if (wait === false) return planned
  return withWait(planned, observed, {
    services: desired.services,
    ...(wait !== true && { timeout: wait.timeout }),
  })
}

function withinTime(plan: Plan, timeout: Millis | undefined): Plan {
  if (timeout === undefined) return plan
  const steps = plan.steps.map(step =>
    step.action.kind === 'await-service' ? { ...step, action: { ...step.action, timeout } } : step,
  )
  return { ...plan, steps }
}

/** Returns what decides when images are pulled and built, as of now. */
export function imageChoice({ pull, build }: UpOptions): PullChoice & Pick<BuildChoice, 'build'> {
  return { now: Date.now(), pull: pull === undefined ? undefined : { kind: pull }, build }
}
