import type { PlatformName } from '../model/platform.ts'
import type { RegistryReference } from '../oci/registry-reference.ts'
import type { OpenSource } from '../store/built/locate-layers.ts'
import type { StorePaths } from '../store/store-paths.ts'
import type { Wait } from './retry.ts'

/** What to push where, and the listeners. */
export interface PushRequest {
  readonly paths: StorePaths
  /** The name that the store has the image under. @default the target */
  readonly source?: RegistryReference
  readonly target: RegistryReference
  /** Which of the store's images of that name. @default the machine's */
  readonly platform?: PlatformName | undefined
  /** The target as the user wrote it, for errors. */
  readonly reference: string
  readonly onProgress: (progress: PushProgress) => void
  readonly signal?: AbortSignal | undefined
  /** Finds layers of images that came from local sources. @default nowhere */
  readonly openSource?: OpenSource
  /** @default the environment of this process */
  readonly environment?: NodeJS.ProcessEnv
  /** @default time */
  readonly wait?: Wait
}

/** How far a push has come. What the registry has already counts as done. */
export interface PushProgress {
  readonly bytesDone: number
  readonly bytesTotal: number
}
