import type { Engine } from '../engine/engine.ts'
import type { ImageBuild } from '../model/build-event.ts'
import type { Plan } from '../planner/plan.ts'
import { buildsOf } from './builds-of.ts'

/** The images that Dockerfiles name, by service. */
export type DockerfileImages = ReadonlyMap<string, readonly string[]>

/**
 * Returns the plan that `planFor` makes when the Dockerfiles of all that it builds have been read: an image that one of
 * them names, and that another service builds, is built first.
 */
export async function withDockerfileImages(
  { builds }: Pick<Engine, 'builds'>,
  planFor: (images: DockerfileImages | undefined) => Plan,
): Promise<Plan> {
  const images = new Map<string, readonly string[]>()
  let plan = planFor(undefined)
  for (;;) {
    const unread = buildsOf(plan).filter(({ service }) => !images.has(service))
    if (unread.length === 0) return plan
    const read = unread.map(build => imagesOf(builds, build))
    for (const [service, names] of await Promise.all(read)) images.set(service, names)
    plan = planFor(images)
  }
}

/** What is wrong with a Dockerfile fails its own build, and no other. */
async function imagesOf(
  builds: Engine['builds'],
  build: ImageBuild,
): Promise<readonly [string, readonly string[]]> {
  const inspection = await builds.inspect(build, {}).catch(() => undefined)
  return [build.service, inspection?.images ?? []]
}
