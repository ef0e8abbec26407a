import type { AbsolutePath } from '../base/absolute-path.ts'
import type { ErrorName } from '../base/error-codes.ts'

/** What the user asked to load. Undefined leaves the choice to the environment, then to the folder. */
export interface LoadRequest {
  /** `-f`, in order; `-` is standard input. */
  readonly files: readonly string[] | undefined
  readonly projectDirectory: string | undefined
  readonly projectName: string | undefined
  readonly profiles: readonly string[] | undefined
  /** `--env-file`, in order. */
  readonly envFiles: readonly string[] | undefined
  /** The folder that relative paths of the request start from. */
  readonly workingDirectory: AbsolutePath
  /** Services named by the user: their profiles are switched on. */
  readonly services?: readonly string[]
  /** A document over those of the files; relative paths in it start from the project's folder. @default none */
  readonly overlay?: Overlay
  /** Warn about keys that this version does not run instead of refusing them. */
  readonly allowUnsupported?: boolean
  /** Names have `_` in place of `-`; so has COMPOSE_COMPATIBILITY. @default false */
  readonly compatibility?: boolean
  /** Hosts of `oci://` that may have no TLS. @default those that the settings of registries name */
  readonly insecureRegistries?: readonly string[]
  /** Stages to leave out, for `config`: a project that is to run needs them all. @default none */
  readonly leaveOut?: readonly OptionalStage[]
}

/** What comes from no file, such as the options of a command. */
export interface Overlay {
  /** What diagnostics call it. */
  readonly name: string
  /** YAML. */
  readonly text: string
}

/**
 * A stage of the load that can be left out. Without `interpolation` a value with a variable stays as it was written,
 * and what is wrong with it is not reported.
 */
export type OptionalStage = 'interpolation' | 'paths' | 'normalisation' | 'consistency' | 'environment'

/** What the parser may ask of the world. */
export interface LoadPorts {
  readonly files: FileSource
  /** The environment of the process. */
  readonly environment: ReadonlyMap<string, string>
  /** @default files of other machines are not there */
  readonly remotes?: RemoteSource
}

/** The only way the parser sees what is on other machines. */
export interface RemoteSource {
  /** Returns what is known of `address`; see `isRemoteAddress`. */
  find(address: string): RemoteFiles
}

/** What there is of Compose files on another machine. */
export type RemoteFiles =
  | {
      readonly kind: 'fetched'
      /** Here, in order, each with the name that the user knows it by. */
      readonly files: readonly { readonly path: AbsolutePath; readonly name: string }[]
      /** What a project is called whose files these are, unless it says so itself. */
      readonly project: string
    }
  /** The load is done again when they are here; what it returns until then is of no use. */
  | { readonly kind: 'awaited' }
  | { readonly kind: 'failed'; readonly code: ErrorName; readonly message: string; readonly hint?: string }

/** The only way the parser sees a disk. Neither function throws for a path that is not there. */
export interface FileSource {
  /** Reads a whole UTF-8 file; the path is absolute, or `-` for standard input. @default origin found */
  readText(path: string, origin?: InputOrigin): FileText
  exists(path: string): boolean
}

/** Whether the user named an input for this command, or a folder or a file led to it. */
export type InputOrigin = 'named' | 'found'

/** The outcome of reading a file; a folder is `unreadable`. */
export type FileText =
  | { readonly kind: 'text'; readonly text: string }
  | { readonly kind: 'missing' }
  /** There, but it cannot be read as text; `reason` says why, e.g. `it is a folder`. */
  | { readonly kind: 'unreadable'; readonly reason: string; readonly isFolder?: true }
