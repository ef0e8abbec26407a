import type { TcomposeError } from '../base/tcompose-error.ts'
import type { BytePath } from '../disk/byte-path.ts'
import type { ContainerId, ProjectName } from '../model/names.ts'

/** Keeps files of containers the same as files of the machine of whoever runs the command. */
export interface FileMirror {
  /**
   * Begins a session, which ends when the result is disposed or its process dies.
   *
   * @throws {TcomposeError} `watch-running` if another process has one for the project.
   */
  begin(project: ProjectName): Promise<AsyncDisposable>
  /**
   * Makes each of `files` in a container what it is on this machine, and remembers that for later sessions. Never
   * rejects for a file.
   */
  mirror(project: ProjectName, container: ContainerId, request: MirrorRequest): Promise<MirrorResult>
  /**
   * Returns what was mirrored into a container, in this session or an earlier one; undefined if nothing ever was. What an
   * earlier session was about to mirror when it was killed is there too.
   */
  mirrored(project: ProjectName, container: ContainerId): Promise<readonly MirroredPath[] | undefined>
}

/** A path of this machine, and the path of a container that is to be the same. */
export interface MirroredPath {
  readonly source: BytePath
  /** Absolute, without `.`, `..` or a slash at the end. */
  readonly target: BytePath
}

/** One of many that are mirrored together. */
export interface MirroredFile extends MirroredPath {
  /** The file or folder that is mirrored as a whole, of which `source` is a part or all. It is reached by no link. */
  readonly top: BytePath
}

/** What to mirror, and what may be taken for granted. */
export interface MirrorRequest {
  readonly files: readonly MirroredFile[]
  /**
   * `changed` leaves what is as it was when it was last mirrored. `compared` looks at what the container has. `assumed`
   * takes everything for the same and only remembers it.
   */
  readonly trust: 'changed' | 'compared' | 'assumed'
  readonly signal: AbortSignal
  /** The caller has the project's lock, without which only a container that runs is mirrored into. @default false */
  readonly isLocked?: boolean
}

/** What came of it. */
export type MirrorResult =
  /** It does not run, and the caller has no lock. */
  | { readonly kind: 'not-running' }
  | {
      readonly kind: 'mirrored'
      /** What is another in the container now. */
      readonly changed: readonly MirroredFile[]
      readonly failures: readonly TcomposeError[]
    }
