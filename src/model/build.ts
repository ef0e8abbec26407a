import type { AbsolutePath } from '../base/absolute-path.ts'
import type { Bytes } from '../base/bytes.ts'
import type { ModelPath } from '../base/model-path.ts'
import type { SourceSpan } from '../base/source-span.ts'
import type { ExtraHost } from './extra-host.ts'
import type { PlatformName } from './platform.ts'

/** How the image of a service is built: its `build:`, with absolute paths. */
export interface BuildConfig {
  readonly context: BuildContext
  readonly dockerfile: DockerfileSource
  /** Values of ARG. */
  readonly args: ReadonlyMap<string, string>
  /** The stage to build. @default the last */
  readonly target: string | undefined
  readonly labels: ReadonlyMap<string, string>
  /** Names that the image gets besides that of the service. */
  readonly tags: readonly string[]
  /** By the name that `FROM` and `--from` use. */
  readonly additionalContexts: ReadonlyMap<string, BuildContext>
  readonly cacheFrom: readonly BuildCache[]
  readonly cacheTo: readonly BuildCache[]
  readonly noCache: boolean
  /** Stages that run again though nothing changed. */
  readonly noCacheFilter: readonly string[]
  /** Ask registries for the images that the build starts from. */
  readonly pull: boolean
  /** What RUN is connected to: `default`, `host` or `none`. */
  readonly network: 'default' | 'host' | 'none'
  readonly shmSize: Bytes | undefined
  readonly ulimits: ReadonlyMap<string, { readonly soft: number; readonly hard: number }>
  readonly extraHosts: readonly ExtraHost[]
  readonly privileged: boolean
  /** With those that `privileged` and `network: host` bring. */
  readonly entitlements: readonly Entitlement[]
  readonly secrets: readonly BuildSecret[]
  readonly ssh: readonly BuildSsh[]
  /** What to build for; of these a machine builds its own. @default the service's platform, or the machine's */
  readonly platforms: readonly PlatformName[]
}

/** What RUN may ask for: `--network=host`, `--security=insecure`. */
export type Entitlement = 'network.host' | 'security.insecure'

/** Files that a build reads. */
export type BuildContext =
  | { readonly kind: 'folder'; readonly path: AbsolutePath }
  /** `https://host/repo.git#ref:folder` and the like, as written. */
  | { readonly kind: 'git'; readonly url: string }
  /** An archive or a Dockerfile that is fetched. */
  | { readonly kind: 'url'; readonly url: string }
  | { readonly kind: 'image'; readonly reference: string }
  /** A folder with an OCI image layout; `reference` is a tag or digest in it. */
  | { readonly kind: 'oci-layout'; readonly path: AbsolutePath; readonly reference: string | undefined }
  /** The image of another service; `image` is its name, where the project is known. */
  | { readonly kind: 'service'; readonly service: string; readonly image?: string }

/** Where the instructions of a build are. */
export type DockerfileSource =
  /** `path` is as written, relative to the context. */
  { readonly kind: 'file'; readonly path: string } | InlineDockerfile

/** A Dockerfile that is the value of `origin` in a Compose file. */
export interface InlineDockerfile {
  readonly kind: 'inline'
  readonly text: string
  readonly origin: ModelPath
  /** The whole value. */
  readonly span: SourceSpan
  /** By line of `text`, counted from 1, but for those that escapes, folding or variables moved. */
  readonly lines: ReadonlyMap<number, InlineLine>
}

/** Where a line of an inline Dockerfile begins in the Compose file, counted from 1. */
export interface InlineLine {
  readonly line: number
  readonly column: number
}

/** A place for cached steps: `type=local,dest=...`. A bare reference is of type `registry`. */
export interface BuildCache {
  readonly type: 'local' | 'registry' | 'inline'
  /** Without `type`; the folders `src` and `dest` are absolute. */
  readonly options: ReadonlyMap<string, string>
  readonly origin: ModelPath
}

/** A secret that RUN may mount. */
export interface BuildSecret {
  readonly id: string
  readonly source:
    | { readonly kind: 'file'; readonly path: AbsolutePath }
    /** A variable of the project, see `projectVariables`, or only of an included one: then with its value. That is in no record. */
    | { readonly kind: 'environment'; readonly variable: string; readonly value?: string }
  readonly uid: number | undefined
  readonly gid: number | undefined
  readonly mode: number | undefined
  readonly origin: ModelPath
}

/** Keys of an SSH agent: the socket of one, or files of private keys; none is the agent of SSH_AUTH_SOCK. */
export interface BuildSsh {
  readonly id: string
  readonly paths: readonly AbsolutePath[]
}
