import type { Checked, Diagnostic } from '../../base/diagnostic.ts'
import type { SourceSpan } from '../../base/source-span.ts'
import type { Dockerfile, Instruction } from '../../model/dockerfile.ts'
import type { PlatformName } from '../../model/platform.ts'
import type { BuildGraph } from './build-graph.ts'

/** All that decides what a build does, but for the images that it starts from. */
export interface BuildPlanRequest {
  readonly dockerfile: Dockerfile
  /** The stage to build, in any case. @default the last */
  readonly target: string | undefined
  /** Values of ARG. */
  readonly args: ReadonlyMap<string, string>
  /** Of the image, on top of those of the Dockerfile. */
  readonly labels: ReadonlyMap<string, string>
  /** By the name that `FROM` and `--from` use. */
  readonly contexts: ReadonlyMap<string, NamedContext>
  /** Of the machine and of the image. */
  readonly platform: PlatformName
  readonly noCache: boolean
  /** Names of stages whose steps run again. */
  readonly noCacheFilter: readonly string[]
  /** Of a RUN that does not say. */
  readonly network: 'default' | 'host' | 'none'
  /** `network.host`, `security.insecure`. */
  readonly entitlements: ReadonlySet<string>
  /** Reads an ONBUILD trigger; every span in it is `span`. */
  readonly parseTrigger: (text: string, span: SourceSpan) => Checked<Instruction>
}

/** What a name stands for instead of a stage or an image of a registry. */
export type NamedContext =
  | { readonly kind: 'folder' }
  | { readonly kind: 'image'; readonly reference: string }

/** An image that a build starts from or copies from. */
export interface NeededImage {
  /** What the graph calls it. */
  readonly key: string
  /** As the Dockerfile has it, with its variables expanded, or as a named context has it. */
  readonly reference: string
  /** Undefined is that of the build. */
  readonly platform: PlatformName | undefined
  /** Where it is named. */
  readonly span: SourceSpan
  /** What to do if there is no such image: it may be a slip of the name of a stage. */
  readonly hint?: string
}

/** What planning a build comes to. */
export type BuildPlanning =
  /** It takes these images, besides those given, to go on. */
  | { readonly kind: 'needs-images'; readonly images: readonly NeededImage[] }
  | { readonly kind: 'planned'; readonly graph: BuildGraph; readonly warnings: readonly Diagnostic[] }
  | {
      readonly kind: 'invalid'
      readonly diagnostics: readonly Diagnostic[]
      /** With these, more mistakes might be seen. @default none */
      readonly lacking?: readonly NeededImage[]
    }
