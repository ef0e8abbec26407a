import type { Diagnostic } from '../base/diagnostic.ts'
import type { Millis } from '../base/millis.ts'
import type { TcomposeError } from '../base/tcompose-error.ts'
import type {
  ContainerProcess,
  Examination,
  ExecRequest,
  ExecutionReport,
  FollowOptions,
  LockHolder,
  LogEvent,
  StepEvent,
} from '../engine/engine.ts'
import type { ImageStore } from '../engine/image-store.ts'
import type { ProjectName } from '../model/names.ts'
import type { ObservedContainer } from '../model/observed-state.ts'
import type { Origins, Project } from '../model/project.ts'
import type { ArchiveOutput } from '../model/stored-image.ts'
import type { PlainValue } from '../parser/document/plain-value.ts'
import type { ExplainedUse } from '../parser/explain/explain-variable.ts'
import type { ProvenanceStep } from '../parser/explain/provenance-step.ts'
import type { TemplateVariable } from '../parser/interpolate/template-variables.ts'
import type { OptionalStage } from '../parser/load-request.ts'
import type { Plan } from '../planner/plan.ts'
import type { CredentialPlace } from '../registry/keep-credentials.ts'
import type { ProjectRequest } from './project-request.ts'

/**
 * The use cases of tcompose: the package's public API. A method that reads a compose file returns its diagnostics; one
 * that fails for a reason of the host rejects with a `TcomposeError`. Nothing here prints or reads argv.
 */
export interface App {
  /** Reads and checks the file alone. */
  loadProject(request: ProjectRequest, services?: readonly string[]): Promise<Loaded>
  up(request: ProjectRequest, options: UpOptions, hooks: RunHooks): Promise<RunResult>
  down(request: ProjectRequest, options: DownOptions, hooks: RunHooks): Promise<RunResult>
  /** Gets the images of services; containers stay as they are. */
  pull(request: ProjectRequest, options: PullOptions, hooks: RunHooks): Promise<RunResult>
  /** Gives images of services to their registries; containers stay as they are. */
  push(request: ProjectRequest, options: PushOptions, hooks: RunHooks): Promise<RunResult>
  /** `start`, `stop`, `restart`: existing containers only. */
  start(request: ProjectRequest, options: ServiceOptions, hooks: RunHooks): Promise<RunResult>
  stop(request: ProjectRequest, options: ServiceOptions, hooks: RunHooks): Promise<RunResult>
  restart(request: ProjectRequest, options: ServiceOptions, hooks: RunHooks): Promise<RunResult>
  /** Returns what `up` would do; changes nothing and takes no lock. */
  plan(request: ProjectRequest, options: UpOptions): Promise<PlanResult>
  /** Works without a file where the request names the project. */
  containers(request: ProjectRequest): Promise<ContainersResult>
  logs(request: ProjectRequest, options: LogsOptions): Promise<LogsResult>
  exec(request: ProjectRequest, options: ExecOptions): Promise<ExecResult>
  kill(request: ProjectRequest, options: KillOptions): Promise<KillResult>
  /** `rm`: removes containers that do not run. */
  remove(request: ProjectRequest, options: RemoveOptions, hooks: RunHooks): Promise<RunResult>
  /** Returns the processes of the running containers, by container. */
  processes(
    request: ProjectRequest,
    options: { readonly services: readonly string[] },
  ): Promise<ProcessesResult>
  /** The images of this engine, of all projects; wants root. */
  readonly images: ImageStore
  /** Writes the images of a project as one archive, for `images.load`. */
  exportImages(request: ProjectRequest, options: ExportOptions): Promise<ExportResult>
  /** Returns every project that has containers on this engine, sorted by name. */
  projects(): Promise<readonly ProjectSummary[]>
  /** Reads and checks the file, and returns what `view` asks of it; keys that this version does not run are warnings. */
  config(request: ProjectRequest, view: ConfigView): Promise<ConfigResult>
  /** Tells where the values at `path` of the file and below come from; undefined is all. */
  explainValues(request: ProjectRequest, path: string | undefined): Promise<ExplainedValues>
  /** Tells where a variable may come from, which source wins, and who gets it. */
  explainVariable(request: ProjectRequest, name: string): Promise<ExplainedVariable>
  doctor(options: { readonly fix: boolean }): Promise<Examination>
  /** Shows a registry a user's password and keeps it once it was taken. Rejects where it was not. */
  login(request: LoginRequest): Promise<LoginResult>
  /** Forgets what is kept for a registry. */
  logout(server: string | undefined): Promise<LogoutResult>
}

/** Who logs in where. */
export interface LoginRequest {
  /** A host or an address; undefined is Docker Hub. */
  readonly server: string | undefined
  /** Undefined is the one that is kept for the server. */
  readonly account: { readonly username: string; readonly password: string } | undefined
  readonly signal: AbortSignal
}

/** How a log-in ended. */
export type LoginResult =
  /** Nothing is kept for the server, and no account was given. */
  | { readonly kind: 'no-account' }
  | {
      readonly kind: 'logged-in'
      /** The host, as image references name it. */
      readonly host: string
      readonly username: string
      /** False where the server lets everybody in. */
      readonly isChecked: boolean
      /** Undefined where it was kept before. */
      readonly kept: CredentialPlace | undefined
    }

/** What `logout` found. */
export interface LogoutResult {
  readonly host: string
  readonly wasLoggedIn: boolean
}

/** A compose file, as far as it could be read. */
export interface Loaded {
  /** Undefined when `diagnostics` hold an error. */
  readonly project: Project | undefined
  readonly diagnostics: readonly Diagnostic[]
}

/** What to show of a file. */
export type ConfigView =
  /** Nothing but what is wrong with it. */
  | { readonly kind: 'check' }
  | ConfigDocumentView
  /** Names, sorted, each once. */
  | { readonly kind: 'names'; readonly of: ConfigNames; readonly allResources: boolean }
  /** `SERVICE HASH`, as `up` records it with the containers; `services` empty is all. */
  | { readonly kind: 'hashes'; readonly services: readonly string[] }
  /** `NAME=VALUE` for all that variables of the file are replaced with. */
  | { readonly kind: 'environment' }
  /** What the file says about each variable. */
  | { readonly kind: 'variables' }

/** The kinds of things whose names `config` lists. */
export type ConfigNames = 'services' | 'volumes' | 'networks' | 'images' | 'profiles' | 'models'

/** The file in docker compose's canonical form. */
export interface ConfigDocumentView {
  readonly kind: 'document'
  readonly format: 'yaml' | 'json'
  /** Services to show, with those they depend on; empty is all. */
  readonly services: readonly string[]
  /** Show the networks, volumes, secrets and configs that no service uses. */
  readonly allResources: boolean
  readonly leaveOut: readonly OptionalStage[]
  /** `resolve` names each image by its digest; `lock` shows the images alone, as a file to merge over this one. */
  readonly digests: 'keep' | 'resolve' | 'lock'
}

/** Where values of a file come from. */
export type ExplainedValues =
  | { readonly kind: 'invalid'; readonly diagnostics: readonly Diagnostic[] }
  /** Nothing stands at the path; `near` is one that is much like it. */
  | { readonly kind: 'not-found'; readonly near: string | undefined }
  | { readonly kind: 'explained'; readonly values: readonly ExplainedValue[] }

/** A single value, as it is in the canonical form, and what it went through. */
export interface ExplainedValue {
  /** E.g. `services.web.ports[0].target`. */
  readonly path: string
  readonly value: PlainValue
  readonly steps: readonly ProvenanceStep[]
}

/** What is known of a variable. */
export type ExplainedVariable =
  | { readonly kind: 'invalid'; readonly diagnostics: readonly Diagnostic[] }
  | { readonly kind: 'explained'; readonly use: ExplainedUse }

/** What `config` shows. */
export type ConfigResult =
  | { readonly kind: 'invalid'; readonly diagnostics: readonly Diagnostic[] }
  | { readonly kind: 'text'; readonly text: string; readonly diagnostics: readonly Diagnostic[] }
  | { readonly kind: 'lines'; readonly lines: readonly string[]; readonly diagnostics: readonly Diagnostic[] }
  | {
      readonly kind: 'variables'
      readonly variables: readonly TemplateVariable[]
      readonly diagnostics: readonly Diagnostic[]
    }

/** What happens while a command works. */
export interface RunHooks {
  readonly signal: AbortSignal
  /** The command as the user gave it. */
  readonly command: string
  /** The plan stands; its first step is about to run. */
  readonly onPlan: (plan: Plan) => void
  readonly onEvent: (event: StepEvent) => void
  /** Steps at work at a time. @default no limit */
  readonly parallel?: number | undefined
  /** Another command holds the project's lock. */
  readonly onWait: (holder: LockHolder) => void
  /** Registries are about to be asked what `images` are now: the plan hangs on that. @default nobody hears of it */
  readonly onAsk?: (images: readonly string[]) => void
  /** Whom to follow while the run goes on and afterwards. @default nobody */
  readonly follow?: RunFollower
}

/** Whom a run follows from before its first step on. */
export interface RunFollower extends Omit<FollowOptions, 'tail'> {
  /** Takes what containers write and how they end. What they wrote before is left out. */
  readonly onFollowed: (events: AsyncIterable<LogEvent>) => void
}

/** How `up` is to treat what exists; the flags of the command of the same names. */
export interface UpOptions {
  /** Empty is all. */
  readonly services: readonly string[]
  readonly noDeps: boolean
  readonly forceRecreate: boolean
  readonly noRecreate: boolean
  readonly noStart: boolean
  readonly removeOrphans: boolean
  readonly renewAnonymousVolumes: boolean
  readonly scale: ReadonlyMap<string, number>
  /** Overrides each container's stop grace period. */
  readonly timeout: Millis | undefined
  /** Wait until every service runs or is healthy. */
  readonly wait: boolean
  /** When to pull images. @default the pull policy of each service */
  readonly pull?: 'always' | 'missing' | 'never' | undefined
}

/** What `down` is to remove. */
export interface DownOptions {
  readonly services: readonly string[]
  readonly removeOrphans: boolean
  /** Remove named and anonymous volumes too. */
  readonly volumes: boolean
  readonly timeout: Millis | undefined
}

/** Whose images to give to their registries. */
export interface PushOptions {
  /** Empty is all. */
  readonly services: readonly string[]
  /** The images of what they depend on too. */
  readonly includeDeps: boolean
}

/** Which services a command is about. */
export interface ServiceOptions {
  readonly services: readonly string[]
  readonly timeout: Millis | undefined
  /** `restart`: leave dependents alone that ask to be restarted too. @default false */
  readonly noDeps?: boolean
}

/** Which images to get. */
export interface PullOptions {
  /** Empty is all. */
  readonly services: readonly string[]
  /** Get the images of what `services` depend on, too. */
  readonly includeDeps: boolean
  /**
   * `missing` leaves images that are there; `always` asks what their names mean now.
   * @default the pull policy of each service; one that has none is as `always`
   */
  readonly policy?: 'missing' | 'always' | undefined
}

/** What `rm` is to remove. */
export interface RemoveOptions {
  readonly services: readonly string[]
  /** Stop and remove running containers too. */
  readonly stop: boolean
  /** Remove anonymous volumes too. */
  readonly volumes: boolean
}

/** The processes of running containers. */
export type ProcessesResult =
  | { readonly kind: 'invalid'; readonly diagnostics: readonly Diagnostic[] }
  | {
      readonly kind: 'found'
      readonly containers: readonly {
        readonly container: ObservedContainer
        readonly processes: readonly ContainerProcess[]
      }[]
    }

/** A project in a list of projects. */
export interface ProjectSummary {
  readonly name: ProjectName
  readonly containers: readonly ObservedContainer[]
  /** The files it was started from, as far as its containers tell. */
  readonly files: readonly string[]
  /** Why its record cannot be read; nothing else is known of the project then. */
  readonly unreadable?: TcomposeError
}

/** How a command ended that changes what runs. */
export type RunResult =
  /** The file or the options are wrong. Nothing was changed. */
  | { readonly kind: 'invalid'; readonly diagnostics: readonly Diagnostic[] }
  /** The host cannot do what the file asks. Nothing was changed. */
  | { readonly kind: 'refused'; readonly errors: readonly TcomposeError[]; readonly origins: Origins }
  | {
      readonly kind: 'ran'
      readonly project: ProjectName
      readonly plan: Plan
      readonly report: ExecutionReport
      readonly origins: Origins
      readonly diagnostics: readonly Diagnostic[]
    }

/** What `up` would do, or why that cannot be said. */
export type PlanResult =
  | { readonly kind: 'invalid'; readonly diagnostics: readonly Diagnostic[] }
  /** What the plan hangs on cannot be found out. */
  | { readonly kind: 'refused'; readonly errors: readonly TcomposeError[]; readonly origins: Origins }
  | {
      readonly kind: 'planned'
      readonly plan: Plan
      readonly diagnostics: readonly Diagnostic[]
      readonly unchanged: number
    }

/** The containers of a project. */
export type ContainersResult =
  | { readonly kind: 'invalid'; readonly diagnostics: readonly Diagnostic[] }
  | {
      readonly kind: 'found'
      readonly project: ProjectName
      readonly containers: readonly ObservedContainer[]
      /** Services of the file; undefined when the project was named without one. */
      readonly services: readonly string[] | undefined
    }

/** Which lines of which services to read. */
export interface LogsOptions {
  readonly services: readonly string[]
  readonly follow: boolean
  readonly tail: number | undefined
  /** RFC 3339; earlier lines are left out. */
  readonly since?: string
  /** RFC 3339; later lines are left out. */
  readonly until?: string
  /** Counts from 1; lines of other replicas are left out. */
  readonly index?: number
  readonly signal: AbortSignal
}

/** Lines of logs and ends of runs, as they come; `names` are the containers that there are. */
export type LogsResult =
  | { readonly kind: 'invalid'; readonly diagnostics: readonly Diagnostic[] }
  | { readonly kind: 'lines'; readonly events: AsyncIterable<LogEvent>; readonly names: readonly string[] }

/** A process to run beside the main one of a container. */
export interface ExecOptions extends ExecRequest {
  readonly service: string
  /** Counts from 1. */
  readonly index: number
}

/** How a process ended that `exec` ran. */
export type ExecResult =
  | { readonly kind: 'invalid'; readonly diagnostics: readonly Diagnostic[] }
  | { readonly kind: 'exited'; readonly exitCode: number }
  /** There is no such program, or it cannot be run. `exitCode` is a shell's for that: 127 or 126. */
  | { readonly kind: 'not-started'; readonly error: TcomposeError; readonly exitCode: number }

/** Which services get which signal. */
export interface KillOptions {
  readonly services: readonly string[]
  /** `SIGKILL`, `KILL` or `9`. */
  readonly signal: string
}

/** The names of the containers that got the signal. */
export type KillResult =
  | { readonly kind: 'invalid'; readonly diagnostics: readonly Diagnostic[] }
  /** `names` are the containers that got the signal, `errors` say why others did not. */
  | {
      readonly kind: 'signalled'
      readonly names: readonly string[]
      readonly errors: readonly TcomposeError[]
    }

/** Which images of a project to export, and where to. */
export interface ExportOptions {
  /** With those they depend on; empty is all. */
  readonly services: readonly string[]
  readonly output: ArchiveOutput
  readonly signal: AbortSignal
}

/** What became of an export. */
export type ExportResult =
  | { readonly kind: 'invalid'; readonly diagnostics: readonly Diagnostic[] }
  | {
      readonly kind: 'exported'
      readonly images: readonly string[]
      /** Folders that services run from, which are no images. */
      readonly folders: readonly string[]
      readonly diagnostics: readonly Diagnostic[]
    }
