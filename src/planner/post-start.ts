import { servicePath } from '../base/model-path.ts'
import type { ReplicaAddress } from '../model/names.ts'
import type { ObservedContainer } from '../model/observed-state.ts'
import type { Service } from '../model/service.ts'
import type { StepList } from './step-list.ts'

/** A container whose hooks are to run. */
export interface HookedContainer {
  readonly replica: ReplicaAddress
  readonly name: string
  /** The service that it is made from, where that is known. */
  readonly config: Service | undefined
}

/**
 * Adds the step that runs the `post_start` hooks of a container behind its start, where it has some. Returns the id of what
 * others that need the container have to wait for.
 */
export function addPostStart(steps: StepList, container: HookedContainer, start: number): number {
  if (container.config?.postStart === undefined) return start
  return addHooks(steps, container, { cause: 'started', dependsOn: [start] })
}

/** Tells whether the container runs, but its hooks have not run to their end: an earlier command was interrupted. */
export function lacksPostStart({ state, awaitsPostStart }: ObservedContainer): boolean {
  return awaitsPostStart === true && state.kind === 'running'
}

/** Why the hooks of a container that runs are run. */
export const UNFINISHED_HOOKS = 'its post_start did not finish'

/** Adds the step that runs the hooks of a container that runs. */
export function addUnfinishedHooks(
  steps: StepList,
  container: HookedContainer,
  dependsOn: readonly number[],
): number {
  return addHooks(steps, container, { cause: UNFINISHED_HOOKS, dependsOn })
}

function addHooks(
  steps: StepList,
  { replica: { service, number, slug }, name }: HookedContainer,
  { cause, dependsOn }: { readonly cause: string; readonly dependsOn: readonly number[] },
): number {
  return steps.add(
    {
      kind: 'run-post-start',
      replica: { service, number, ...(slug !== undefined && { slug }) },
      name,
    },
    { cause, dependsOn, origin: servicePath(service, 'post_start') },
  )
}
