import type { Engine } from '../engine/engine.ts'
import type { ImageBuild } from '../model/build-event.ts'

/** Returns the images that the Dockerfile of each build names, by service: what a build has to wait for if others make it. */
export async function namedImages(
  { builds: builder }: Pick<Engine, 'builds'>,
  builds: readonly ImageBuild[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  // Nothing has to wait for a build alone.
  if (builds.length < 2) return new Map()
  const found = builds.map(async build => {
    // What is wrong with a Dockerfile is an error of its own build, which does not stop others.
    const inspection = await builder.inspect(build, {}).catch(() => undefined)
    return [build.service, inspection?.images ?? []] as const
  })
  return new Map(await Promise.all(found))
}
