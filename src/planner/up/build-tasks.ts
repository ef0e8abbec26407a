import { imageLabel } from '../../model/image-request.ts'
import type { ObservedState } from '../../model/observed-state.ts'
import type { BuildTask } from '../build-steps.ts'
import { withNeededBuilds } from '../build-steps.ts'
import type { DesiredService, DesiredState } from '../desired-state.ts'
import { type PullChoice, reasonToAsk } from '../image-policy.ts'
import type { BuildOverrides, ServiceBuild } from '../service-build.ts'

/** What decides whether `up` builds images. */
export interface BuildChoice {
  /**
   * `always`: `--build`. `never`: `--no-build`. `done`: a plan of `planUpBuilds` was carried out, and what it built is
   * not built again.
   *
   * @default an image is built if it is not there, its policy is `build`, or `Project.rebuild` wants it
   */
  readonly build?: 'always' | 'never' | 'done' | undefined
  /** What a build would do now, by service, where that was found out. A current image is not built. */
  readonly forecasts?: ReadonlyMap<string, ImageForecast> | undefined
  /** See `BuildSurvey`. */
  readonly dockerfileImages?: ReadonlyMap<string, readonly string[]> | undefined
  /** @default none */
  readonly overrides?: BuildOverrides | undefined
}

/** What building an image would do; a part of `BuildForecast`. */
export interface ImageForecast {
  /** The build would make the image that is there. */
  readonly isCurrent: boolean
  /** What is not as it was, e.g. `src/app.js changed`. */
  readonly cause?: string | undefined
}

/** Returns the builds that `up` begins with, those that they are made from included. */
export function buildTasks(
  desired: DesiredState,
  observed: ObservedState,
  choice: BuildChoice & PullChoice,
): readonly BuildTask[] {
  if (choice.build === 'never' || choice.build === 'done') return []
  const { builds, services, rebuild } = desired
  const borrowed = services.flatMap(service => borrowedTask(service, desired, observed) ?? [])
  const own = services.flatMap(service => {
    const { build } = service
    return (
      (build === undefined
        ? borrowedTask(service, desired, observed)
        : taskOf({ build, service, observed, rebuild }, choice)) ?? []
    )
  })
  const tasks = [...borrowed, ...own]
  const { dockerfileImages } = choice
  const isCurrent = (build: ServiceBuild): boolean => isKnownCurrent(build, observed, choice)
  return withNeededBuilds(tasks, { builds, dockerfileImages, isCurrent })
}

/** A service may run the image that another one builds, selected or not; of two such tasks the own one counts. */
function borrowedTask(
  { image, build, replicas }: DesiredService,
  { builds }: DesiredState,
  observed: ObservedState,
): BuildTask | undefined {
  const label = imageLabel(image)
  if (build !== undefined || replicas === 0 || observed.images.get(label)?.kind === 'present')
    return undefined
  const builder = [...builds.values()].find(other => imageLabel(other.image) === label)
  return builder === undefined ? undefined : { build: builder, cause: 'not built' }
}

interface TaskSource {
  readonly build: ServiceBuild
  readonly service: DesiredService
  readonly observed: ObservedState
  readonly rebuild: DesiredState['rebuild']
}

/** An explicit policy sends `up` to a registry first, as docker compose does; without one the image is built at once. */
function taskOf(source: TaskSource, choice: BuildChoice & PullChoice): BuildTask | undefined {
  const { build, service, observed } = source
  const image = observed.images.get(imageLabel(build.image))
  const policy = choice.pull ?? service.config.pullPolicy
  const cause = reasonToBuild(source, choice)
  if (cause !== undefined) return { build, cause }
  if (image?.kind === 'present') {
    const asked = build.isNamed ? reasonToAsk({ services: [service] }, image, choice) : undefined
    return asked === undefined ? undefined : { build, cause: asked, fetchFirst: 'always' }
  }
  if (service.replicas === 0) return undefined
  const isAsked = build.isNamed && policy !== undefined && policy.kind !== 'never' && policy.kind !== 'build'
  return isAsked ? { build, cause: 'not found', fetchFirst: 'missing' } : { build, cause: 'not built' }
}

function reasonToBuild(
  { build, service, observed, rebuild }: TaskSource,
  { build: wanted, forecasts }: BuildChoice,
): string | undefined {
  const isThere = observed.images.get(imageLabel(build.image))?.kind === 'present'
  const forecast = forecasts?.get(build.service)
  if (isKnownCurrent(build, observed, { forecasts })) return undefined
  if (wanted === 'always') return '--build'
  if (service.config.pullPolicy?.kind === 'build') return 'pull_policy: build'
  if (!isThere || rebuild !== 'changed' || forecast === undefined) return undefined
  return forecast.cause === undefined ? 'sources changed' : `sources changed: ${forecast.cause}`
}

/** The image of a service that is off is not looked up: that its build would change nothing is enough. */
function isKnownCurrent(
  { service, image }: ServiceBuild,
  { images }: ObservedState,
  { forecasts }: Pick<BuildChoice, 'forecasts'>,
): boolean {
  return forecasts?.get(service)?.isCurrent === true && images.get(imageLabel(image))?.kind !== 'absent'
}
