import type { AbsolutePath } from '../base/absolute-path.ts'

/** What is done when files below a path change: a rule of `develop.watch`. */
export interface WatchRule {
  /** A file or a folder of the host. */
  readonly path: AbsolutePath
  readonly action: WatchAction
  /** Patterns of a .dockerignore file, which start at `path`: what matches is left alone. */
  readonly ignore: readonly string[]
  /** Patterns of the same kind: what matches none is left alone. @default everything is included */
  readonly include?: readonly string[]
}

/** What a watch rule does. Those with a `target` copy into the container first. */
export type WatchAction =
  | { readonly kind: 'rebuild' }
  | { readonly kind: 'restart' }
  | ({ readonly kind: 'sync' } & WatchTarget)
  | ({ readonly kind: 'sync+restart' } & WatchTarget)
  | ({ readonly kind: 'sync+exec'; readonly exec: WatchCommand | undefined } & WatchTarget)

/** Where a watch rule copies to. */
export interface WatchTarget {
  /** A path in the container. */
  readonly target: string
  /** Whether all files are copied when the watch begins. */
  readonly initialSync: boolean
}

/** What a watch rule runs in the container after it has copied. */
export interface WatchCommand {
  readonly argv: readonly string[]
  /** Undefined is the user of the container. */
  readonly user: string | undefined
  readonly privileged: boolean
  /** Undefined is the working directory of the container. */
  readonly workingDir: string | undefined
  readonly environment: ReadonlyMap<string, string>
}
