import { servicePath } from '../base/model-path.ts'
import type { BuildConfig } from '../model/build.ts'
import type { ImageBuild } from '../model/build-event.ts'
import { imageLabel } from '../model/image-request.ts'
import type { Action } from './action.ts'
import { canonicalJson } from './canonical-json.ts'
import { dependencyOrder } from './graph.ts'
import type { ServiceBuild } from './service-build.ts'
import type { StepList } from './step-list.ts'

/** Why the image of a service is built, and how. */
export interface BuildTask {
  readonly build: ServiceBuild
  readonly cause: string
  readonly fetchFirst?: Extract<Action, { kind: 'build-image' }>['fetchFirst']
}

/** What builds are planned with. */
export interface BuildSurvey {
  /** Of every service of the file that is built, by name. */
  readonly builds: ReadonlyMap<string, ServiceBuild>
  /** The images that the Dockerfile of a service starts from or copies from, where it was read. */
  readonly dockerfileImages?: ReadonlyMap<string, readonly string[]> | undefined
  /** Tells that building the image would make the one that is there. @default that is not known */
  readonly isCurrent?: ((build: ServiceBuild) => boolean) | undefined
}

/**
 * Adds, to `tasks`, of which the last of a service counts, the builds of services from whose images they are made: one
 * that is older than its sources would spoil them.
 */
export function withNeededBuilds(tasks: readonly BuildTask[], survey: BuildSurvey): readonly BuildTask[] {
  const found = new Map(tasks.map(task => [task.build.service, task]))
  for (const { build } of found.values()) {
    for (const name of buildNeeds(build, survey)) {
      const needed = survey.builds.get(name)
      if (needed === undefined || found.has(name) || survey.isCurrent?.(needed)) continue
      found.set(name, { build: needed, cause: `needed by ${build.service}` })
    }
  }
  return [...found.values()]
}

/** Returns the services from whose images `build` is made: named contexts, and images that its Dockerfile names. */
export function buildNeeds(
  build: ServiceBuild,
  { builds, dockerfileImages }: BuildSurvey,
): readonly string[] {
  const contexts = [...build.config.additionalContexts.values()].flatMap(context =>
    context.kind === 'service' ? [context.service] : [],
  )
  const named = new Set((dockerfileImages?.get(build.service) ?? []).map(plainName))
  const bases = [...builds.values()]
    .filter(
      ({ service, image, config }) =>
        service !== build.service &&
        [image.reference, ...config.tags].some(name => named.has(plainName(name))),
    )
    .map(({ service }) => service)
  return [...new Set([...contexts, ...bases])]
}

/** Names that mean the same on Docker Hub become one. */
function plainName(reference: string): string {
  return reference.replace(/^(?:docker\.io\/)?(?:library\/)?/, '').replace(/:latest$/, '')
}

/** How builds become steps. */
export interface BuildLayout extends BuildSurvey {
  readonly toImageBuild: (build: ServiceBuild) => ImageBuild
}

/**
 * Adds a step for each image to build, behind those that it is made from: see `buildNeeds`. Where a Dockerfile was not
 * read, what it starts from is not known, and the images of what the service depends on come first, as docker compose
 * has it. Services that share an image and its build have one step. Returns the step of each service.
 */
export function addBuildSteps(
  steps: StepList,
  tasks: readonly BuildTask[],
  layout: BuildLayout,
): ReadonlyMap<string, number> {
  const byName = new Map(tasks.map(task => [task.build.service, task]))
  const before = (name: string): readonly string[] => predecessors(byName.get(name), layout)
  const latest = new Map<string, PlacedTask>()
  const ids = new Map<string, number>()
  for (const task of inOrder(byName, before, layout)) {
    const { service, image } = task.build
    const twin = latest.get(imageLabel(image))
    const earlier = before(service).flatMap(name => ids.get(name) ?? [])
    const id =
      twin !== undefined && isSame(twin.task.build.config, task.build.config)
        ? twin.id
        : addBuild(steps, task, { layout, dependsOn: [...earlier, ...(twin === undefined ? [] : [twin.id])] })
    latest.set(imageLabel(image), { task, id })
    ids.set(service, id)
  }
  return ids
}

interface PlacedTask {
  readonly task: BuildTask
  readonly id: number
}

function addBuild(
  steps: StepList,
  { build, cause, fetchFirst }: BuildTask,
  { layout, dependsOn }: { readonly layout: BuildLayout; readonly dependsOn: readonly number[] },
): number {
  return steps.add(
    { kind: 'build-image', build: layout.toImageBuild(build), ...(fetchFirst && { fetchFirst }) },
    { cause, origin: servicePath(build.service, 'build'), dependsOn },
  )
}

/** Returns a warning for each image that services build in different ways. */
export function conflictingBuilds(tasks: readonly BuildTask[]): readonly string[] {
  return [...Map.groupBy(tasks, ({ build: { image } }) => imageLabel(image))].flatMap(
    ([label, [first, ...more]]) =>
      first === undefined || more.every(task => isSame(first.build.config, task.build.config))
        ? []
        : `Services ${[first, ...more].map(({ build }) => build.service).join(' and ')} build image ${label} in different ways: the last counts`,
  )
}

/** Puts each behind those that it is made from, else behind those that its service depends on, even if both make a circle. */
function inOrder(
  tasks: ReadonlyMap<string, BuildTask>,
  before: (name: string) => readonly string[],
  survey: BuildSurvey,
): readonly BuildTask[] {
  const pending = new Map(tasks)
  const ordered: BuildTask[] = []
  const visit = (name: string): void => {
    const task = pending.get(name)
    if (task === undefined) return
    pending.delete(name)
    for (const needed of buildNeeds(task.build, survey)) visit(needed)
    ordered.push(task)
  }
  for (const name of dependencyOrder(tasks.keys(), before)) visit(name)
  return ordered
}

function predecessors(task: BuildTask | undefined, survey: BuildSurvey): readonly string[] {
  if (task === undefined) return []
  const { service, dependsOn } = task.build
  const isRead = survey.dockerfileImages?.has(service) === true
  return [...buildNeeds(task.build, survey), ...(isRead ? [] : dependsOn)]
}

function isSame(one: BuildConfig, other: BuildConfig): boolean {
  return canonicalJson(unplaced(one)) === canonicalJson(unplaced(other))
}

function unplaced({ dockerfile, cacheFrom, cacheTo, secrets, ...rest }: BuildConfig): object {
  return {
    ...rest,
    dockerfile: dockerfile.kind === 'inline' ? dockerfile.text : dockerfile,
    lists: [cacheFrom, cacheTo, secrets].map(list => list.map(({ origin, ...entry }) => entry)),
  }
}
