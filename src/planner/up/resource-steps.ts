import { networkPath, volumePath } from '../../base/model-path.ts'
import { imageLabel } from '../../model/image-request.ts'
import type { ContainerId } from '../../model/names.ts'
import type { ObservedImage, ObservedState, PresentImage } from '../../model/observed-state.ts'
import type { NetworkChange, VolumeChange } from '../change.ts'
import { type ImageUse, imageUses, type PullChoice, policyOf, reasonToAsk } from '../image-policy.ts'
import type { StepList } from '../step-list.ts'
import type { BuildChoice } from './build-tasks.ts'
import { isForbidden } from './forbidden-images.ts'
import type { UpChanges } from './plan-changes.ts'
import { preStartHooks } from './pre-start-hooks.ts'
import type { ReplicaPlan, ServicePlan } from './service-plan.ts'

/** Adds a step for each image to fetch that is not built; returns their ids. */
export function addImageSteps(
  steps: StepList,
  { services: plans, builds }: Pick<UpChanges, 'services' | 'builds'>,
  { observed, choice }: { readonly observed: ObservedState; readonly choice: PullChoice & BuildChoice },
): readonly number[] {
  const built = new Set(builds.map(({ build }) => imageLabel(build.image)))
  const replicas = new Map(plans.map(({ service, replicas }) => [service.config.name, replicas]))
  return imageUses(plans.map(({ service }) => service)).flatMap(use => {
    if (built.has(use.label)) return []
    const users = use.services.flatMap(service => replicas.get(service.config.name) ?? [])
    const runsHooks = plans.some(plan => runsHookOf(plan, use))
    const fetch = fetchOf(use, { observed: observed.images.get(use.label), users, runsHooks, choice })
    if (fetch === undefined) return []
    const { reference: image, platform } = use.image
    const { cause, policy } = fetch
    const { origin } = use
    return [
      steps.add({ kind: 'fetch-image', image, ...(platform && { platform }), policy }, { cause, origin }),
    ]
  })
}

interface FetchContext {
  readonly observed: ObservedImage | undefined
  readonly users: readonly ReplicaPlan[]
  /** A hook runs in it, though no replica may be made of it. */
  readonly runsHooks: boolean
  readonly choice: PullChoice & BuildChoice
}

/** Why an image is fetched, and whether its registry is asked. */
interface Fetch {
  readonly cause: string
  readonly policy: 'missing' | 'always' | 'never'
}

/** An image that must be there already but is missing gets no step: such a plan is refused before it runs. */
function fetchOf(use: ImageUse, { observed, users, runsHooks, choice }: FetchContext): Fetch | undefined {
  const isClosed = isForbidden(use, choice)
  if (observed === undefined || observed.kind === 'absent') {
    const isOutOfReach = isClosed && observed?.isLocal !== true
    return (runsHooks || users.some(isToCreate)) && !isOutOfReach
      ? { cause: 'not found', policy: 'missing' }
      : undefined
  }
  const cause = isClosed || use.build !== undefined ? undefined : reasonToPullAgain(use, observed, choice)
  if (cause !== undefined) return { cause, policy: 'always' }
  if (observed.unpacked || users.every(({ fate }) => fate.kind === 'keep')) return undefined
  return { cause: 'not unpacked', policy: isClosed ? 'never' : 'missing' }
}

/** A registry whose answer is unchanged is asked again only to record the time. */
function reasonToPullAgain(use: ImageUse, image: PresentImage, choice: PullChoice): string | undefined {
  if (image.offered !== undefined && image.offered !== image.id) return 'changed in its registry'
  const cause = reasonToAsk(use, image, choice)
  const isAlways = use.services.some(service => policyOf(service, choice).kind === 'always')
  return isAlways && image.offered !== undefined ? undefined : cause
}

function runsHookOf(plan: ServicePlan, { image: { reference } }: ImageUse): boolean {
  return preStartHooks(plan).some(([, hook]) => hook.image === reference)
}

function isToCreate({ fate }: ReplicaPlan): boolean {
  return fate.kind === 'create' || fate.kind === 'recreate'
}

/** Adds the steps that change networks, behind the stops of the containers on them and what takes others off; returns the last ids by key. */
export function addNetworkSteps(
  steps: StepList,
  { networks, inTheWay }: UpChanges,
  { stopped, left }: Record<'stopped' | 'left', ReadonlyMap<ContainerId, number>>,
): ReadonlyMap<string, number> {
  const freed = [...idsAt(stopped, inTheWay.keys()), ...left.values()]
  return new Map([...networks].map(([key, change]) => [key, addNetworkChange(steps, change, freed)]))
}

function addNetworkChange(steps: StepList, change: NetworkChange, freed: readonly number[]): number {
  const { network, configHash } = change.wanted
  const { cause } = change
  const origin = networkPath(network.key)
  const dependsOn =
    change.kind === 'replace-network'
      ? [
          steps.add(
            { kind: 'remove-network', key: network.key, name: change.old.name },
            { cause, dependsOn: freed, origin },
          ),
        ]
      : freed
  return steps.add({ kind: 'create-network', network, configHash }, { cause, dependsOn, origin })
}

/** Adds a step for each volume to create; returns their ids by key. */
export function addVolumeSteps(
  steps: StepList,
  volumes: ReadonlyMap<string, VolumeChange>,
): ReadonlyMap<string, number> {
  return new Map(
    [...volumes].map(([key, { kind, wanted, cause }]) => [
      key,
      steps.add({ kind, ...wanted }, { cause, origin: volumePath(key) }),
    ]),
  )
}

/** Returns the ids at `keys`. */
export function idsAt<Key>(ids: ReadonlyMap<Key, number>, keys: Iterable<Key>): readonly number[] {
  return [...keys].flatMap(key => ids.get(key) ?? [])
}
