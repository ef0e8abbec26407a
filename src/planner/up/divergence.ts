import type { Digest } from '../../base/digest.ts'
import { type ImageRequest, imageLabel } from '../../model/image-request.ts'
import type { ObservedContainer, ObservedState } from '../../model/observed-state.ts'
import { changedKeys } from '../changed-keys.ts'
import type { DesiredService } from '../desired-state.ts'
import type { UpOptions } from './up-options.ts'

export interface DivergenceContext {
  readonly options: UpOptions
  /** By label: those that were looked up. */
  readonly images: ObservedState['images']
  /** Labels of the images that are built again: what they will be is not known. */
  readonly rebuilt: ReadonlySet<string>
  /** Why what the container shares with another is not what it should share. */
  readonly staleShare: string | undefined
  /** What differs of its networks can be changed while it runs. */
  readonly isReattached: boolean
}

/** Returns why `container` cannot continue as a replica of `service`, in the user's words; undefined if it can. */
export function divergence(
  container: ObservedContainer,
  service: DesiredService,
  { options, images, rebuilt, staleShare, isReattached }: DivergenceContext,
): string | undefined {
  if (options.noRecreate) return undefined
  const isForced = service.isDependency ? options.alwaysRecreateDeps : options.forceRecreate
  if (isForced) return 'recreation forced'
  if (options.renewAnonymousVolumes) return 'anonymous volumes renewed'
  if (container.configHash !== service.configHash && !isReattached)
    return configurationCause(container, service)
  if (rebuilt.has(imageLabel(service.image))) return 'image is built again'
  const image = wantedId(images, service.image)
  if (image !== undefined && image !== container.imageId) return 'image changed'
  return (
    changedMount(container, service, { images, rebuilt }) ??
    staleShare ??
    (isReattached ? undefined : missingNetwork(container, service))
  )
}

function configurationCause({ spec }: ObservedContainer, service: DesiredService): string {
  if (spec === undefined) return 'configuration changed'
  const keys = changedKeys(spec.config, service.config)
  return `configuration changed: ${keys.length === 0 ? 'names of networks or volumes' : keys.join(', ')}`
}

/** Returns the image that a container made now would have, where that is known. */
function wantedId(images: ObservedState['images'], image: ImageRequest): Digest | undefined {
  const found = images.get(imageLabel(image))
  return found?.kind === 'present' ? (found.offered ?? found.id) : undefined
}

function changedMount(
  { mountedImages }: ObservedContainer,
  service: DesiredService,
  { images, rebuilt }: Pick<DivergenceContext, 'images' | 'rebuilt'>,
): string | undefined {
  const built = service.mountedImages.find(({ image }) => rebuilt.has(imageLabel(image)))
  if (built !== undefined) return `image is built again: ${built.image.reference}`
  const changed = service.mountedImages.find(({ image }) => {
    const wanted = wantedId(images, image)
    return wanted !== undefined && wanted !== mountedImages?.get(image.reference)
  })
  return changed === undefined ? undefined : `image changed: ${changed.image.reference}`
}

function missingNetwork(container: ObservedContainer, service: DesiredService): string | undefined {
  if (container.state.kind !== 'running') return undefined
  const attached = new Set(container.networks.map(endpoint => endpoint.network))
  const missing = [...service.networkNames.keys()].find(key => !attached.has(key))
  return missing === undefined ? undefined : `not attached to network ${missing}`
}
