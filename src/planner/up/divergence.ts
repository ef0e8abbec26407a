import type { ObservedContainer, ObservedImage } from '../../model/observed-state.ts'
import { changedKeys } from '../changed-keys.ts'
import type { DesiredService } from '../desired-state.ts'
import type { UpOptions } from './up-options.ts'

export interface DivergenceContext {
  readonly options: UpOptions
  /** The image of the service, if it was looked up. */
  readonly image: ObservedImage | undefined
  /** Why the network that the container shares with another is not the one it should share. */
  readonly staleShare: string | undefined
}

/** Returns why `container` cannot go on as a replica of `service`, in the user's words; undefined if it can. */
export function divergence(
  container: ObservedContainer,
  service: DesiredService,
  { options, image, staleShare }: DivergenceContext,
): string | undefined {
  if (options.noRecreate) return undefined
  if (options.forceRecreate) return 'recreation forced'
  if (options.renewAnonymousVolumes) return 'anonymous volumes renewed'
  if (container.configHash !== service.configHash) return configurationCause(container, service)
  if (image?.kind === 'present' && image.id !== container.imageId) return 'image changed'
  return staleShare ?? missingNetwork(container, service)
}

function configurationCause({ spec }: ObservedContainer, service: DesiredService): string {
  if (spec === undefined) return 'configuration changed'
  const keys = changedKeys(spec.config, service.config)
  return `configuration changed: ${keys.length === 0 ? 'names of networks or volumes' : keys.join(', ')}`
}

function missingNetwork(container: ObservedContainer, service: DesiredService): string | undefined {
  if (container.state.kind !== 'running') return undefined
  const attached = new Set(container.networks.map(endpoint => endpoint.network))
  const missing = [...service.networkNames.keys()].find(key => !attached.has(key))
  return missing === undefined ? undefined : `not attached to network ${missing}`
}
