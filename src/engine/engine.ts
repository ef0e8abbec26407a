import type { AbsolutePath } from '../base/absolute-path.ts'
import type { Digest } from '../base/digest.ts'
import type { TcomposeError } from '../base/tcompose-error.ts'
import type { AiModel } from '../model/ai-model.ts'
import type { BuildEvent } from '../model/build-event.ts'
import type { FetchProgress } from '../model/fetch-progress.ts'
import type { ImageRequest } from '../model/image-request.ts'
import type { ContainerId, ProjectName, ReplicaAddress } from '../model/names.ts'
import type { ObservedState } from '../model/observed-state.ts'
import type { ProvidedVariables, Provider, ProviderCommand } from '../model/provider.ts'
import type { Service } from '../model/service.ts'
import type { ServiceFile } from '../model/service-file.ts'
import type { WaitReason } from '../model/wait-reason.ts'
import type { Plan, Step } from '../planner/plan.ts'
import type { ContainerAccess } from './container-access.ts'
import type { DeviceInspector } from './device-inspector.ts'
import type { Attachment, ExecIo } from './exec-io.ts'
import type { FileMirror } from './file-mirror.ts'
import type { FailedBuildStep, ImageBuilder } from './image-builder.ts'
import type { ImageStore } from './image-store.ts'

export { type BytePath, bytePath, displayPath } from '../disk/byte-path.ts'
export type { FetchProgress } from '../model/fetch-progress.ts'
export type {
  AttachEnd,
  AttachRequest,
  CommitRequest,
  ContainerAccess,
  ContainerEvent,
  ContainerUsage,
  CopyEnd,
  EventSelection,
  FileCopy,
  VolumePlace,
} from './container-access.ts'
export type {
  DescribedKind,
  DescribeOptions,
  DeviceForecast,
  DeviceInspector,
  GpuListing,
  ListedGpu,
  ListedVendor,
  RequestForecast,
} from './device-inspector.ts'
export type { AttachedContainer, AttachedIo, Attachment, ExecIo, ExecStreams, Terminal } from './exec-io.ts'
export type { FileMirror, MirroredFile, MirroredPath, MirrorRequest, MirrorResult } from './file-mirror.ts'
export type {
  BuildInspection,
  FailedBuildStep,
  ForecastOptions,
  ImageBuilder,
  InspectedStep,
  InspectOptions,
} from './image-builder.ts'
export type { ImageStore } from './image-store.ts'

/**
 * Where projects run. Nothing here assumes a pid, a path of the host or a bridge, so that a cluster can be behind it as
 * well as this machine.
 */
export interface Engine {
  /** Takes the project's lock, waiting for its holder; `onWait` is told for whom. */
  lock(project: ProjectName, options: LockOptions): Promise<AsyncDisposable>
  /**
   * Takes the lock of a project that has something here as `lock` does. Resolves with undefined for one that has nothing,
   * also where it was removed while the lock was waited for; then nothing is made.
   */
  lockPresent(project: ProjectName, options: LockOptions): Promise<AsyncDisposable | undefined>
  /** Returns what exists. `images` are those to look up. */
  observe(
    project: ProjectName,
    images: readonly ImageRequest[],
    options?: ObserveOptions,
  ): Promise<ObservedState>
  /** Asks the registries of `images` what these are now; nothing is stored. Returns an answer for each, by label. */
  askImages(
    images: readonly ImageRequest[],
    options: { readonly signal?: AbortSignal | undefined },
  ): Promise<ReadonlyMap<string, ImageAnswer>>
  /**
   * Returns the key of the digests of secrets and configs that `project` has on record, or a new one, which `execute`
   * keeps. Without the key nobody can tell from a digest whether a guess of the content is right.
   */
  digestKey(project: ProjectName): Promise<Uint8Array>
  /** Returns why `plan` cannot be carried out, as far as that can be known before; none if it can be. */
  preflight(plan: Plan): Promise<readonly TcomposeError[]>
  /** Carries out `plan`; never rejects for a step that fails. The caller holds the lock. */
  execute(plan: Plan, options: ExecuteOptions): Promise<ExecutionReport>
  /**
   * Returns `image` with the digest of what it names at this moment; a source without digests stays as it is.
   *
   * @throws {TcomposeError} If the image cannot be found.
   */
  pinImage(image: string): Promise<string>
  readonly images: ImageStore
  readonly builds: ImageBuilder
  readonly devices: DeviceInspector
  readonly containers: ContainerAccess
  readonly mirrors: FileMirror
  /** Returns why services do not get the OCI runtimes that they ask for; none if they do, or ask for none. */
  checkRuntimes(services: readonly Service[]): Promise<readonly TcomposeError[]>
  /** Returns why ports of services cannot be published here, whichever host ports they get; none if they can. */
  checkPorts(services: readonly Service[]): Promise<readonly TcomposeError[]>
  /** Names of the projects that have anything on this engine. */
  projects(): Promise<readonly ProjectName[]>
  /** Yields what containers have written, oldest first. */
  logs(project: ProjectName, selection: LogSelection): AsyncIterable<LogLine>
  /**
   * Yields what containers have written, then what they write and how their runs end, those of containers that are
   * made meanwhile too. The call itself settles what counts as written before. Ends when no container runs or is about
   * to be started, by its policy or by a command.
   */
  follow(project: ProjectName, options: FollowOptions): AsyncIterable<LogEvent>
  /** Returns the processes of a running container, its main one first. */
  processes(project: ProjectName, container: ContainerId): Promise<ProcessTable>
  /** Runs a process in a running container and returns its exit code; 0 for one that is detached. */
  exec(project: ProjectName, container: ContainerId, request: ExecRequest): Promise<number>
  /** Sends a signal, e.g. `SIGHUP`, to the main process of a running container. */
  kill(project: ProjectName, container: ContainerId, signal: string): Promise<void>
  /**
   * Removes what a project has whose record cannot be read, by the names of things alone, and puts the record aside;
   * volumes stay. The caller holds the lock.
   */
  clear(project: ProjectName): Promise<ClearedProject>
  /**
   * Returns what the machine offers, which records are damaged, and what no record mentions; with `fix`, puts the
   * former aside and removes the latter.
   */
  examine(options: { readonly fix: boolean }): Promise<Examination>
}

/** What to look at beyond the records. */
export interface ObserveOptions {
  /** Whether the firewall is in place. @default false */
  readonly firewall?: boolean
}

/** What a registry says of an image. */
export type ImageAnswer =
  | { readonly kind: 'offered'; readonly id: Digest }
  | { readonly kind: 'failed'; readonly error: TcomposeError }

/** Who takes a lock, and how waiting for it ends. */
export interface LockOptions {
  /** The command as the user gave it, for the one who waits. */
  readonly command: string
  readonly signal: AbortSignal
  readonly onWait: (holder: LockHolder) => void
}

/** Who has a lock. */
export interface LockHolder {
  /** As the engine names it, e.g. `pid 4711`. */
  readonly name: string
  /** The command as its user gave it. */
  readonly command: string
}

/** The folder of a project and its files. */
export interface ProjectSource {
  readonly workingDir: AbsolutePath
  readonly files: readonly string[]
}

/** What `execute` needs to know about the project beyond the plan. */
export interface ExecuteOptions {
  /** Where the project comes from; undefined leaves what is known of that. */
  readonly source: ProjectSource | undefined
  readonly signal: AbortSignal
  readonly onEvent: (event: StepEvent) => void
  /** Resolves when what is shown of events was taken by its reader; output of commands waits for it. @default at once */
  readonly whenShown?: (() => Promise<void>) | undefined
  /** Concurrent steps; waits do not count. @default no limit */
  readonly parallel?: number | undefined
  /** What containers that are started need of secrets and configs. @default the engine knows it, or none has any */
  readonly files?: ServiceFiles | undefined
  /** Whom the files of mounts that match users belong to. @default the owner of each source */
  readonly caller?: { readonly uid: number; readonly gid: number } | undefined
  /** A container that is started joined to the caller. @default none is: output goes to logs */
  readonly attachment?: Attachment | undefined
  /** Has what serves AI models set one up. @default the plan has none */
  readonly prepareModel?: PrepareModel | undefined
  /** Runs the program of a provider. @default the plan has none */
  readonly runProvider?: RunProvider | undefined
  /** Variables of whoever runs the command, for what builds read of them: secrets, SSH_AUTH_SOCK. @default none */
  readonly environment?: ReadonlyMap<string, string>
  /**
   * Receives the RUN that fails a build, when all else that the build did has ended. Its files are kept until this
   * resolves. @default they are removed at once
   */
  readonly onFailedBuildStep?: ((failed: FailedBuildStep) => Promise<void>) | undefined
}

/** Has what serves AI models fetch and set up one; rejects with a `TcomposeError` `model`. */
export type PrepareModel = (
  model: AiModel,
  told: { readonly signal: AbortSignal; readonly onInfo: (message: string) => void },
) => Promise<void>

/** Runs the program of a provider. Rejects with a `TcomposeError` `provider` for one that is missing or fails. */
export type RunProvider = (request: ProviderRequest) => Promise<ProviderAnswer>

/** What a provider is to do. */
export interface ProviderRequest {
  readonly command: ProviderCommand
  readonly project: ProjectName
  readonly service: string
  readonly provider: Provider
  readonly signal: AbortSignal
  /** Called before the program gets its command; none is run unless it resolves. */
  readonly beforeRun: () => Promise<void>
  /** Takes what it says of its progress. */
  readonly onInfo: (message: string) => void
  readonly warn: (message: string) => void
}

/** What a provider has said. */
export interface ProviderAnswer {
  readonly variables: ProvidedVariables
  /** False: it has no such command, and was not run. */
  readonly isKnown: boolean
}

/** The secrets and configs of a project. */
export interface ServiceFiles {
  /** That of their digests. @default nothing was digested */
  readonly key: Uint8Array | undefined
  /**
   * Returns the content of a secret or config.
   *
   * @throws {TcomposeError} `service-file` if it cannot be read.
   */
  read(file: ServiceFile): Promise<Uint8Array>
}

/** What happens to the steps of a plan while it is carried out. */
export type StepEvent =
  | { readonly kind: 'step-started'; readonly step: Step }
  | { readonly kind: 'step-progress'; readonly step: Step; readonly progress: FetchProgress }
  /** Of a step that builds an image. */
  | { readonly kind: 'build'; readonly step: Step; readonly event: BuildEvent }
  | {
      readonly kind: 'step-finished'
      readonly step: Step
      readonly outcome: Outcome
      readonly tookMs: number
    }
  | { readonly kind: 'warning'; readonly step: Step; readonly message: string }
  /** Of a step that waits for containers: why it still waits for one of them, whenever that changes. */
  | {
      readonly kind: 'step-waiting'
      readonly step: Step
      readonly replica: ReplicaAddress
      readonly reason: WaitReason
    }
  /** What a step says of its progress. */
  | { readonly kind: 'info'; readonly step: Step; readonly message: string }
  | HookLine

/** A line that a hook of a container wrote. */
export interface HookLine extends LogOrigin {
  readonly kind: 'hook-line'
  readonly step: Step
  readonly stream: LogLine['stream']
  /** Without its line end. */
  readonly text: string
}

/** How a step ended. */
export type Outcome =
  /** `left` says in a few words why the step left its object as it was, if it did. */
  | { readonly kind: 'done'; readonly left?: string }
  | { readonly kind: 'failed'; readonly error: TcomposeError }
  | { readonly kind: 'skipped'; readonly blockedBy: number }
  | { readonly kind: 'cancelled' }

/** How the steps of a plan ended. */
export interface ExecutionReport {
  readonly outcomes: ReadonlyMap<number, Outcome>
}

/** Which lines of which containers to read. */
export interface LogSelection {
  /** Containers to read; empty is all. */
  readonly services: readonly string[]
  /** Counts from 1; undefined is every replica. */
  readonly index?: number | undefined
  /** Count of last lines per container; undefined is all. */
  readonly tail: number | undefined
  /** Leave out what a container wrote before a command last started it. @default false */
  readonly sinceUp?: boolean | undefined
}

/** Which containers to follow, and for how long. */
export interface FollowOptions extends LogSelection {
  /** Services of which only the ends are reported; that they run does not keep the stream open. @default none */
  readonly silent?: readonly string[] | undefined
  /** The stream stays open at least until it aborts. */
  readonly hold?: AbortSignal | undefined
  /** Ends the stream behind what was written before it aborts. */
  readonly signal: AbortSignal
}

/** The processes of a container, in the columns that its engine knows. */
export interface ProcessTable {
  /** Headings of the columns, e.g. `PID`. */
  readonly titles: readonly string[]
  /** A row for each process, with a text for each column. */
  readonly rows: readonly (readonly string[])[]
}

/** Whom a log is from. */
export interface LogOrigin {
  readonly container: ContainerId
  readonly name: string
  readonly service: string
  readonly number: number
}

/** One line that a container wrote, or a piece of one that is too long to be held. */
export interface LogLine extends LogOrigin {
  readonly kind: 'line'
  readonly stream: 'stdout' | 'stderr'
  /** RFC 3339 with nanoseconds. */
  readonly time: string
  /** Without its line end. */
  readonly text: string
  /** The line continues in the next piece of the same container and stream. @default false */
  readonly partial?: boolean
  /** A hook wrote it, not the container's own process. @default false */
  readonly isHook?: boolean
}

/** The end of a run of a container; its lines come before. */
export interface RunEnd extends LogOrigin {
  readonly kind: 'end'
  /** Undefined if the end was not observed: the keeper of the container was lost. */
  readonly exitCode: number | undefined
  /** Its policy starts the container again. */
  readonly isRestarting: boolean
  /** The kernel ended it for lack of memory. @default false */
  readonly outOfMemory?: boolean
}

/** What happens while logs are followed. */
export type LogEvent = LogLine | RunEnd

/** A process to run in a container. */
export interface ExecRequest {
  readonly argv: readonly string[]
  /** `NAME=value` lines. */
  readonly environment: readonly string[]
  readonly workingDir: string | undefined
  readonly user: string | undefined
  readonly privileged: boolean
  readonly io: ExecIo
  /** Ends a process that has no terminal and is not detached: the keeper kills it when its client hangs up. */
  readonly signal?: AbortSignal | undefined
}

/** What an engine says about its machine. */
export interface Examination {
  readonly checks: readonly HostCheck[]
  /** Undefined where this process may not look. */
  readonly damaged: readonly DamagedRecord[] | undefined
  /** Undefined where this process may not look. */
  readonly orphans: readonly Orphan[] | undefined
}

/** One thing that running containers needs of the machine. */
export interface HostCheck {
  readonly name: string
  readonly status: 'ok' | 'warning' | 'missing'
  /** What was found. */
  readonly detail: string
  /** What to do about it. */
  readonly hint: string | undefined
}

/** A record that is not what tcompose wrote. */
export interface DamagedRecord {
  readonly path: string
  readonly reason: string
  /** Set for the record of a project. */
  readonly project: ProjectName | undefined
  /** Where it was put; undefined where it was left. */
  readonly aside: string | undefined
}

/** What came of the clearing of a project whose record cannot be read. */
export interface ClearedProject {
  /** What was found by name. */
  readonly orphans: readonly Orphan[]
  /** Where the record was put; undefined if something could not be removed, and the record is left for another try. */
  readonly aside: string | undefined
}

/** Something that this engine made and that no record mentions. */
export interface Orphan {
  /** What it is and what it is called, e.g. `interface tc1a2b3c`. */
  readonly name: string
  /** The project it was made for, where its name shows it. */
  readonly project: string | undefined
  readonly removed: boolean
}
