import type { AbsolutePath } from '../base/absolute-path.ts'
import type { SourceSpan } from '../base/source-span.ts'
import type { AiModel } from './ai-model.ts'
import type { NameSeparator, ProjectName } from './names.ts'
import type { Network } from './network.ts'
import type { PlatformName } from './platform.ts'
import type { ProviderService } from './provider.ts'
import type { Service } from './service.ts'
import type { Volume } from './volume.ts'

/** A whole Compose project: merged, interpolated, checked, normalised. Maps are keyed as in the file. */
export interface Project {
  readonly name: ProjectName
  readonly workingDir: AbsolutePath
  /** The files it was read from, in the order given. */
  readonly files: readonly string[]
  readonly services: ReadonlyMap<string, Service>
  /** Services that programs provide, which have no container. @default none */
  readonly providers?: ReadonlyMap<string, ProviderService>
  /** AI models, by key. @default none */
  readonly models?: ReadonlyMap<string, AiModel>
  readonly networks: ReadonlyMap<string, Network>
  readonly volumes: ReadonlyMap<string, Volume>
  readonly origins: Origins
  /** Services of the file that their profiles keep off. */
  readonly disabledServices?: readonly string[]
  /** Those of them that are built because others are built from their images; they are not run. */
  readonly bases?: ReadonlyMap<string, Service>
  /** DOCKER_DEFAULT_PLATFORM: that of the images whose service names none. */
  readonly defaultPlatform?: PlatformName | undefined
  /**
   * What COMPOSE_REMOVE_ORPHANS and COMPOSE_IGNORE_ORPHANS want with containers of services that the file does not
   * declare.
   *
   * @default they are left, with a warning
   */
  readonly orphans?: 'remove' | 'ignore' | undefined
  /** In the names of containers and of images that are built. @default '-' */
  readonly nameSeparator?: NameSeparator | undefined
  /**
   * What `x-tcompose: {rebuild: changed}` wants: images whose sources have changed are built again by `up`.
   *
   * @default an image that is there is kept, as docker compose does
   */
  readonly rebuild?: 'changed' | undefined
}

/**
 * Where values came from: document path to place, e.g. `services.db.volumes.0` to `compose.yaml:12:9`. Paths use
 * the file's own keys; list items count from 0.
 */
export type Origins = Pick<ReadonlyMap<string, SourceSpan>, 'get'>

/** Returns the place of `path`, or of its nearest ancestor that has one. */
export function originOf(origins: Origins, path: string): SourceSpan | undefined {
  for (let end = path.length; end > 0; end = path.lastIndexOf('.', end - 1)) {
    const span = origins.get(path.slice(0, end))
    if (span !== undefined) return span
  }
  return undefined
}
