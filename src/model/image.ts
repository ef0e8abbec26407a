import type { AbsolutePath } from '../base/absolute-path.ts'
import type { Digest } from '../base/digest.ts'
import type { PlatformName } from './platform.ts'
import type { Healthcheck } from './service.ts'

/** What an image says about the process to run: the `config` of an OCI image, normalised. */
export interface ImageConfig {
  readonly entrypoint: readonly string[]
  readonly command: readonly string[]
  /** `NAME=value` lines. */
  readonly environment: readonly string[]
  readonly workingDir: string
  readonly user: string
  readonly volumes: readonly AbsolutePath[]
  /** `6379/tcp` and the like. */
  readonly exposedPorts: readonly string[]
  readonly labels: ReadonlyMap<string, string>
  readonly stopSignal: string | undefined
  readonly healthcheck: Healthcheck | undefined
  /** What runs the shell form of a health check. @default ['/bin/sh', '-c'] */
  readonly shell?: readonly string[]
}

/** An image whose layers can be mounted. */
export interface Image {
  readonly reference: string
  /** Digest of the config, or of the path for `rootfs:`. */
  readonly id: Digest
  readonly config: ImageConfig
  /** What it says that it is made for. */
  readonly platform?: PlatformName
  /** Folders for overlayfs, the lowest layer first. */
  readonly layers: readonly AbsolutePath[]
  /** Its one layer is a folder of the user's, whose files may change while it is mounted. @default false */
  readonly isFolder?: true
}
