import type { Digest } from '../../base/digest.ts'
import type { JsonObject } from '../../base/json-reader.ts'
import type { SourceSpan } from '../../base/source-span.ts'

/** What has to happen for an image, as data: only what the target needs. */
export interface BuildGraph {
  /** In topological order. */
  readonly steps: readonly BuildStep[]
  /** The files of the image. */
  readonly result: TreeRef
  /**
   * The image's configuration but for `created`, `history` and `rootfs`, in the form of the OCI image specification.
   */
  readonly document: JsonObject
  /** What follows the history of the image that `result` starts from. */
  readonly history: readonly HistoryEntry[]
  /** Key of the image that `result` starts from; undefined for scratch. */
  readonly baseImage: string | undefined
}

/** Files that a step starts from or reads. */
export type TreeRef =
  | { readonly kind: 'scratch' }
  /** What is there after the step of this id. */
  | { readonly kind: 'step'; readonly id: number }
  /** An image, by its key among those that the graph was planned with. */
  | { readonly kind: 'image'; readonly image: string }
  /** The context of the build is ''; others go by their names. */
  | { readonly kind: 'context'; readonly name: string }

/** A step that makes a layer. */
export interface BuildStep {
  /** Counts from 1. */
  readonly id: number
  /** The name of its stage, or `stage-N`, which counts from 0. */
  readonly stage: string
  /** Which of the stage's steps it is, and of how many: FROM is the first. */
  readonly position: number
  readonly count: number
  /** The instruction in one line, for people. */
  readonly text: string
  readonly span: SourceSpan
  /** Its layer is put on top of these files. */
  readonly parent: TreeRef
  readonly operation: BuildOperation
  /** Runs although its result is known. */
  readonly ignoresCache: boolean
}

export type BuildOperation = RunOperation | CopyOperation | WorkdirOperation

export interface RunOperation {
  readonly kind: 'run'
  readonly argv: readonly string[]
  /** Programs that here-documents are, at absolute paths. */
  readonly files: readonly { readonly path: string; readonly content: string; readonly mode: number }[]
  /** `NAME=value` lines: those of the image and arguments. */
  readonly environment: readonly string[]
  /** `NAME=value` lines that do not count for the cache: predefined proxy arguments. */
  readonly uncachedEnvironment: readonly string[]
  /** As USER has it; empty is root. */
  readonly user: string
  readonly workingDir: string
  readonly mounts: readonly RunMount[]
  readonly network: 'default' | 'host' | 'none'
  readonly security: 'sandbox' | 'insecure'
}

/** Something at a path while a command runs. Targets are absolute. */
export type RunMount = { readonly span: SourceSpan } & (
  | {
      readonly kind: 'bind'
      readonly from: TreeRef
      readonly source: string
      readonly target: string
      readonly isWritable: boolean
    }
  | {
      readonly kind: 'cache'
      readonly id: string
      readonly target: string
      /** What it starts with. */
      readonly from: TreeRef | undefined
      readonly source: string
      readonly sharing: 'shared' | 'private' | 'locked'
      readonly isReadOnly: boolean
      readonly uid: number
      readonly gid: number
      readonly mode: number
    }
  | { readonly kind: 'tmpfs'; readonly target: string; readonly sizeBytes: number | undefined }
  | {
      readonly kind: 'secret'
      readonly id: string
      /** Undefined where only `variable` is wanted. */
      readonly target: string | undefined
      readonly variable: string | undefined
      readonly isRequired: boolean
      /** Undefined leaves it to the secret. */
      readonly uid: number | undefined
      readonly gid: number | undefined
      readonly mode: number | undefined
    }
  | {
      readonly kind: 'ssh'
      readonly id: string
      readonly target: string
      readonly isRequired: boolean
      readonly uid: number
      readonly gid: number
      readonly mode: number
    }
)

export interface CopyOperation {
  readonly kind: 'copy'
  readonly sources: readonly CopySource[]
  /** Absolute; a slash at its end is kept. */
  readonly destination: string
  /** `user[:group]`, names or numbers. @default 0:0 */
  readonly chown: string | undefined
  /** Octal, or symbolic as chmod(1) reads it. */
  readonly chmod: string | undefined
  /** Follows no link of the parent's files, which it knows nothing of. */
  readonly isLink: boolean
  /** Keeps the folders of the sources. */
  readonly keepsParents: boolean
  /** Patterns of what is left out. */
  readonly excludes: readonly string[]
  /** Local archives are unpacked (ADD). */
  readonly unpacksLocal: boolean
  /** Fetched archives are unpacked. */
  readonly unpacksRemote: boolean
}

export type CopySource = {
  readonly span: SourceSpan
} /** `path` may have wildcards, and starts at the root of `from`. */ & (
  | { readonly kind: 'tree'; readonly from: TreeRef; readonly path: string }
  | { readonly kind: 'inline'; readonly name: string; readonly content: string }
  | { readonly kind: 'url'; readonly url: string; readonly checksum: Digest | undefined }
  | {
      readonly kind: 'git'
      readonly url: string
      readonly keepsGitDir: boolean
      readonly checksum: string | undefined
    }
)

/** Makes a folder, owned by the user. */
export interface WorkdirOperation {
  readonly kind: 'workdir'
  readonly path: string
  /** As USER has it; empty is root. */
  readonly user: string
}

export interface HistoryEntry {
  /** In the words of BuildKit, e.g. `RUN /bin/sh -c npm ci # buildkit`. Names of arguments, never their values. */
  readonly createdBy: string
  /** The step whose layer it is; undefined for one that made none. */
  readonly step: number | undefined
}

/** An image that a build starts from or copies from, as far as planning needs it. */
export interface BaseImage {
  /** Its configuration, as it came. */
  readonly document: JsonObject
}
