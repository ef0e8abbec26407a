import { TcomposeError } from '../base/tcompose-error.ts'
import type { Engine } from '../engine/engine.ts'
import { type ImageRequest, imageLabel } from '../model/image-request.ts'
import { splitLocalImage } from '../model/local-image.ts'
import { builtImageName } from '../model/names.ts'
import type { ObservedState } from '../model/observed-state.ts'
import type { Project } from '../model/project.ts'

/** Which images of services to remove: those that are built and have no name in the file, or all. */
export type ImageScope = 'local' | 'all'

/** What became of the images. */
export interface RemovedServiceImages {
  /** The labels of those that were removed. */
  readonly removed: readonly string[]
  /** Why others were not. */
  readonly warnings: readonly string[]
}

/** A project that goes, or some of its services, and what of it was there before. */
export interface LeavingServices {
  readonly project: Project | undefined
  readonly observed: ObservedState
  /** Empty is all. */
  readonly services: readonly string[]
  readonly scope: ImageScope
}

/** Returns the images of services that a scope means, once each, sorted by label: those of the file and of what runs. */
export function serviceImages({
  project,
  observed,
  services,
  scope,
}: LeavingServices): readonly ImageRequest[] {
  const declared = [...(project?.services.values() ?? [])].map(({ name, image, platform }) => ({
    name,
    image: { reference: image, platform: platform ?? project?.defaultPlatform },
  }))
  const made = observed.containers.map(({ service, image, spec }) => ({
    name: service,
    image: { reference: image, platform: spec?.platform },
  }))
  const found = new Map<string, ImageRequest>()
  for (const { name, image } of [...declared, ...made]) {
    const isMeant = services.length === 0 || services.includes(name)
    const isOwn = image.reference === builtImageName(observed.project, name, project?.nameSeparator)
    if (isMeant && (scope === 'all' || isOwn) && splitLocalImage(image.reference) === undefined)
      found.set(imageLabel(image), image)
  }
  return [...found].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, image]) => image)
}

/** Removes `images`, one by one: what another container needs stays, with a warning, and one that is not there too. */
export async function removeServiceImages(
  { images: store }: Pick<Engine, 'images'>,
  images: readonly ImageRequest[],
): Promise<RemovedServiceImages> {
  const removed: string[] = []
  const warnings: string[] = []
  for (const image of images) {
    try {
      await store.remove([image], { force: false })
      removed.push(imageLabel(image))
    } catch (error) {
      if (!(error instanceof TcomposeError)) throw error
      warnings.push(error.message)
    }
  }
  return { removed, warnings }
}
