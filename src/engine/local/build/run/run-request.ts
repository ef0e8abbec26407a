import type { SourceSpan } from '../../../../base/source-span.ts'
import type { RunOperation } from '../../../../planner/build/build-graph.ts'
import type { AttachedIo } from '../../../exec-io.ts'
import type { LineListener } from '../../attach/run-on-lines.ts'

/** A step whose command is run, or another in its place. */
export interface StepRequest {
  /** What errors call the step, e.g. `RUN npm ci`. */
  readonly label: string
  /** The step's, for errors that have no nearer place. */
  readonly span: SourceSpan
  readonly operation: RunOperation
  /** Folders of the layers that it starts from, the lowest first. */
  readonly layers: readonly string[]
  /** A path at which a layer can be: absent, and on the filesystem of the layers' folder. */
  readonly folder: string
  /** What the mounts of the operation read, by their index in it. */
  readonly sources: readonly (MountSource | undefined)[]
  readonly secrets: ReadonlyMap<string, RunSecret>
  readonly agents: ReadonlyMap<string, RunAgent>
  readonly signal: AbortSignal
}

/** A command to run on the files of a build. Its layer will be at `folder`. */
export interface RunRequest extends StepRequest {
  /** Called for every line of output, in the order of its stream; nothing more is read until a promise is settled. */
  readonly onLine: LineListener
  /** Called when the command runs and all is mounted: the paths of layers may change from then on. */
  readonly onStarted?: (() => void) | undefined
}

/** A shell to run in place of a step's command. What it changes is thrown away: nothing is left at `folder`. */
export interface ShellRequest extends StepRequest {
  readonly io: AttachedIo
  /** Called when it runs and all is mounted, as for a command. */
  readonly onStarted?: (() => void) | undefined
}

/** Files that a mount shows: folders that lie over each other, the lowest first. */
export interface MountSource {
  readonly layers: readonly string[]
}

/** A secret that RUN may mount. */
export interface RunSecret {
  readonly content: Uint8Array
  /** @default that of the mount, or 0 */
  readonly uid?: number | undefined
  readonly gid?: number | undefined
  readonly mode?: number | undefined
}

/** Keys that RUN may use: the socket of an agent, or files of private keys. */
export type RunAgent =
  | { readonly kind: 'socket'; readonly path: string }
  | { readonly kind: 'keys'; readonly paths: readonly string[] }

/** How a command ended. */
export interface RunResult {
  /** 128 and the signal's number for one that a signal ended. */
  readonly exitCode: number
}
