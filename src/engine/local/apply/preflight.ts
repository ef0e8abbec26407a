import { existsSync } from 'node:fs'
import { type ModelPath, volumePath } from '../../../base/model-path.ts'
import { TcomposeError } from '../../../base/tcompose-error.ts'
import { canBind } from '../../../linux/can-bind.ts'
import { fixedPort } from '../../../model/bound-port.ts'
import type { ContainerSpec } from '../../../model/container.ts'
import { type ProjectName, parseProjectName } from '../../../model/names.ts'
import type { Network } from '../../../model/network.ts'
import { volumeSource } from '../../../model/volume-options.ts'
import { machinePlatform } from '../../../oci/platform.ts'
import type { Action } from '../../../planner/action.ts'
import { foreignBuilds } from '../../../planner/foreign-builds.ts'
import type { Plan, Step } from '../../../planner/plan.ts'
import { healthcheckProblems, imagesAtHand } from '../container/healthcheck-problems.ts'
import { limitProblems } from '../container/limit-problems.ts'
import { securityProblems } from '../container/security-problems.ts'
import { SYSTEM_ID_FOLDER } from '../host/engine-host.ts'
import type { EnginePrograms } from '../host/engine-programs.ts'
import { imageProblems } from '../image/image-problems.ts'
import type { KnownImages } from '../image/known-images.ts'
import { imageSource } from '../image/source/image-sources.ts'
import { checkMount } from '../mount/mount-kinds.ts'
import { findSharedNetwork } from '../network/external-network.ts'
import { ipv6Problem } from '../network/ipv6-problem.ts'
import { parentProblem } from '../network/parent-network.ts'
import { portHolder } from '../network/port-holder.ts'
import { portInUse } from '../network/port-in-use.ts'
import { protocolProblems } from '../network/protocol-problems.ts'
import { quotaProblem } from '../quota/quota-problem.ts'
import type { Roots } from '../state/layout.ts'
import { ownersProblem } from '../user-namespace/container-owners.ts'
import { bindProblem } from '../volume/bind-problem.ts'
import { findContainer } from './find-container.ts'
import { namedJoins, requireNamed } from './joined-containers.ts'
import { missingExternals } from './missing-externals.ts'
import { publishAddresses } from './publish-ports.ts'
import { sharedMountProblems } from './shared-mounts.ts'

/** Where and with what a plan is to be carried out. */
export interface PreflightRequest {
  readonly roots: Roots
  readonly programs: EnginePrograms
  readonly images: KnownImages
  readonly plan: Plan
  /** Of `subuid` and `subgid`. @default that of the system */
  readonly idFolder?: string | undefined
}

/**
 * Looks for what would make steps of `plan` fail: a keeper that was not built, images that are not there, services
 * without a health check that are to be healthy, external networks and volumes, bind sources, host ports. Nothing is
 * changed, so what it finds can be reported before anything is half-made. The steps themselves check again.
 */
export function preflight({
  roots,
  programs: { keeper },
  images,
  plan,
  idFolder = SYSTEM_ID_FOLDER,
}: PreflightRequest): readonly TcomposeError[] {
  const wantsKeeper = plan.steps.some(({ action }) => action.kind === 'start-container')
  if (wantsKeeper && !existsSync(keeper)) return [notBuilt(keeper)]
  const freed = new Set(plan.steps.flatMap(({ action }) => (freesPorts(action) ? [action.name] : [])))
  const made = new Set(
    plan.steps.flatMap(({ action }) => (action.kind === 'start-container' ? [action.name] : [])),
  )
  const removed = new Set(
    plan.steps.flatMap(({ action }) => (action.kind === 'remove-container' ? [action.name] : [])),
  )
  const place = { roots, idFolder, project: parseProjectName(plan.project) }
  return [
    ...foreignBuilds(plan, machinePlatform()),
    ...imageProblems(roots, plan, images),
    ...healthcheckProblems(plan, { ...place, images, isKnown: imagesAtHand(plan) }),
    ...missingExternals(roots, plan),
    ...plan.steps.flatMap(step => stepProblems(place, step, { freed, made, removed })),
  ]
}

/** A container that has ended keeps its ports until it is started again or removed. */
function freesPorts(
  action: Action,
): action is Extract<Action, { kind: 'stop-container' | 'remove-container' }> {
  return action.kind === 'stop-container' || action.kind === 'remove-container'
}

function notBuilt(keeper: string): TcomposeError {
  return new TcomposeError('not-built', `Cannot start the keeper: "${keeper}" does not exist`, {
    hint: 'Run "npm run build"',
  })
}

/** Names of containers. */
interface PlannedNames {
  /** They give up their ports. */
  readonly freed: ReadonlySet<string>
  /** They are made or started. */
  readonly made: ReadonlySet<string>
  /** They go, so another can have their names. */
  readonly removed: ReadonlySet<string>
}

interface Place {
  readonly roots: Roots
  readonly idFolder: string
  readonly project: ProjectName
}

function stepProblems(
  { roots, idFolder, project }: Place,
  { action, origin }: Step,
  { freed, made, removed }: PlannedNames,
): readonly TcomposeError[] {
  switch (action.kind) {
    case 'fetch-image':
      return collect(
        () => imageSource(roots, { reference: action.image, platform: action.platform }).check(),
        origin,
      )
    case 'create-container':
      return [
        ...(removed.has(action.container.name) ? [] : nameProblems(roots, action.container)),
        ...limitProblems(action.container.config),
        ...securityProblems(action.container.config),
        ...isolationProblems({ roots, idFolder }, action.container),
        ...mountProblems(roots, action.container),
        ...protocolProblems(action.container.config),
        ...portProblems(roots, action, freed),
        ...joinProblems(roots, action.container, made),
        ...sharedMountProblems(roots, action.container, made),
      ]
    case 'create-volume': {
      const { key, options } = action.volume
      const source = volumeSource(options)
      const problem = source.kind === 'bind' ? bindProblem(key, source.path) : undefined
      return problem === undefined ? [] : [problem.at(volumePath(key, 'driver_opts', 'device'))]
    }
    case 'create-network':
      return [
        ...networkProblems(action.network),
        ...collect(() => findSharedNetwork(roots, project, action.network), origin),
      ]
    default:
      return []
  }
}

function networkProblems(network: Network): readonly TcomposeError[] {
  return [parentProblem(network), ipv6Problem(network)].filter(problem => problem !== undefined)
}

function isolationProblems(
  { roots, idFolder }: Pick<Place, 'roots' | 'idFolder'>,
  { config }: ContainerSpec,
): readonly TcomposeError[] {
  return [quotaProblem(config, roots.data), ownersProblem(config, idFolder)].filter(
    problem => problem !== undefined,
  )
}

/** A replica may replace one of its name, and that of a one-off is its own unless it was asked for. */
function nameProblems(roots: Roots, { name, slug }: ContainerSpec): readonly TcomposeError[] {
  const holder = slug === undefined ? undefined : findContainer(roots, name)
  if (holder?.entry.spec.name !== name) return []
  return [
    new TcomposeError(
      'name-in-use',
      `Cannot name the container "${name}": one of project ${holder.project} has that name`,
      { hint: `Use another name, or remove that one: tcompose -p ${holder.project} rm` },
    ),
  ]
}

/** Images may still have to be pulled; what is mounted of them is checked when the container is made. */
function mountProblems(roots: Roots, { config, volumeNames }: ContainerSpec): readonly TcomposeError[] {
  const place = { roots, volumeNames, openImage: () => undefined }
  return config.mounts.flatMap(mount => checkMount(mount, place))
}

/** A container that is only named has to run already, unless the plan starts it. */
function joinProblems(
  roots: Roots,
  container: ContainerSpec,
  made: ReadonlySet<string>,
): readonly TcomposeError[] {
  return namedJoins(container)
    .filter(({ name }) => !made.has(name))
    .flatMap(join => collect(() => requireNamed(roots, join), undefined))
}

/** A port that a container of the same plan gives up is no clash. */
function portProblems(
  roots: Roots,
  { container }: Extract<Action, { kind: 'create-container' }>,
  freed: ReadonlySet<string>,
): readonly TcomposeError[] {
  return container.config.ports.flatMap(mapping => {
    const fixed = fixedPort(mapping)
    if (fixed === undefined) return []
    const { origin } = mapping
    const port = publishAddresses(mapping)
      .map(hostIp => ({ ...fixed, hostIp }))
      .find(each => !canBind(each))
    if (port === undefined) return []
    const holder = portHolder(roots, port)
    if ([...freed].some(name => holder?.command === `container ${name}`)) return []
    return [portInUse({ port, service: container.service, holder, origin })]
  })
}

function collect(check: () => void, origin: ModelPath | undefined): readonly TcomposeError[] {
  try {
    check()
    return []
  } catch (error) {
    if (!(error instanceof TcomposeError)) throw error
    return [error.at(origin)]
  }
}
