import type { ImageRequest } from '../../../model/image-request.ts'
import { mountNeeds } from '../../../model/mount.ts'
import type { Plan } from '../../../planner/plan.ts'
import { imageKey } from '../../../store/images/image-key.ts'
import type { Lease, LeasedThing } from '../../../store/lease.ts'
import type { KnownImages } from './known-images.ts'

/**
 * Keeps what a plan counts on and no record names before its containers are announced: the images that are present
 * and the volumes of containers that it creates. The caller has shared the store since the first lookup of `known`,
 * so no image that was found has been removed.
 */
export async function keepNeeded(known: KnownImages, plan: Plan, lease: Lease): Promise<void> {
  const images = new Map<string, ImageRequest>()
  const volumes = new Set<string>()
  for (const { action } of plan.steps) {
    if (action.kind !== 'create-container') continue
    const { config, platform, volumeNames } = action.container
    const mounted = config.mounts.flatMap(mount => mountNeeds(mount).images)
    for (const reference of [config.image, ...mounted]) {
      images.set(imageKey(reference, platform), { reference, platform })
    }
    for (const name of volumeNames.values()) volumes.add(name)
  }
  const ids = [...images.values()].flatMap(image => {
    const found = known.lookup(image)
    return found.kind === 'present' ? [found.id] : []
  })
  await lease.keep([
    ...ids.map((id): LeasedThing => `image ${id}`),
    ...[...volumes].map((name): LeasedThing => `volume ${name}`),
  ])
}
