import type { Digest } from '../base/digest.ts'
import type { ContainerId, ProjectName } from '../model/names.ts'
import type { ExecStreams, Terminal } from './exec-io.ts'

/** What commands do with a container that exists, beyond the plans. */
export interface ContainerAccess {
  /**
   * Freezes the processes of a running container.
   *
   * @throws {TcomposeError} `pause` if it is paused already, or cannot be; `container-not-running`.
   */
  pause(project: ProjectName, container: ContainerId): Promise<void>
  /**
   * Lets the processes of a paused container run again.
   *
   * @throws {TcomposeError} `pause` if it is not paused.
   */
  unpause(project: ProjectName, container: ContainerId): Promise<void>
  /**
   * Returns the exit code of a container when its process has ended; of one between an end and its restart, when the next one
   * has.
   */
  awaitEnd(project: ProjectName, container: ContainerId): Promise<number>
  /**
   * Copies a file or a tree out of a container or into it, by the rules of docker cp. For a container that does not run the
   * caller holds the project's lock.
   *
   * @throws {TcomposeError} `copy` if there is nothing to copy, or no place for it.
   */
  copy(project: ProjectName, container: ContainerId, copy: FileCopy): Promise<void>
  /**
   * Writes an archive of the files of a container without what is mounted over them. For one that does not run the caller holds
   * the project's lock.
   */
  export(project: ProjectName, container: ContainerId, options: ContainerExport): Promise<void>
  /**
   * Makes an image of a container, and returns its id. For one that does not run the caller holds the project's lock.
   *
   * @throws {TcomposeError} `image-invalid` if its image is a folder; `bad-value` and `dockerfile` for a change.
   */
  commit(project: ProjectName, container: ContainerId, request: CommitRequest): Promise<Digest>
  /** Returns what the processes of a container use at this moment; undefined for one that does not run. */
  usage(project: ProjectName, container: ContainerId): Promise<ContainerUsage | undefined>
  /**
   * Yields what has happened to the containers of a project since a time, and then what happens, until another time or until
   * `signal` aborts. The project may come and go meanwhile.
   */
  events(project: ProjectName, selection: EventSelection): AsyncIterable<ContainerEvent>
  /**
   * Joins the streams of a running container to those of the caller, until it ends or the keys to detach are typed.
   *
   * @throws {TcomposeError} `container-not-running`, `pause`, `keeper` where its output cannot be had.
   */
  attach(project: ProjectName, container: ContainerId, request: AttachRequest): Promise<AttachEnd>
  /** Returns where the volumes `names` are, and the labels that they were made with; undefined for one that is gone. */
  volumePlaces(names: readonly string[]): Promise<readonly (VolumePlace | undefined)[]>
}

/** An end of a copy. */
export type CopyEnd =
  /** A path in the container, from its root. */
  | { readonly kind: 'container'; readonly path: string }
  /** An absolute path of the caller; a slash or `/.` at the end has a meaning, as in the container. */
  | { readonly kind: 'host'; readonly path: string }

/** What is copied, and where to. One end is the container. */
export interface FileCopy {
  readonly from: CopyEnd | { readonly kind: 'stream'; readonly chunks: AsyncIterable<Buffer> }
  readonly to:
    | CopyEnd
    | { readonly kind: 'stream'; readonly write: (archive: AsyncIterable<Buffer>) => Promise<void> }
  /** Copy what a link names, and not the link. */
  readonly followsLink: boolean
  /** Files that leave the container belong to the user and group that they belong to there; those that come in always do. */
  readonly keepsOwner: boolean
  readonly signal: AbortSignal
}

/** Where an archive of files goes. */
export interface ContainerExport {
  readonly write: (archive: AsyncIterable<Buffer>) => Promise<void>
  readonly signal: AbortSignal
}

/** What the image of a container is like. */
export interface CommitRequest {
  /** Undefined leaves it without a name. */
  readonly name: string | undefined
  readonly author: string | undefined
  /** For its history. */
  readonly message: string | undefined
  /** Instructions of a Dockerfile, each a line. */
  readonly changes: readonly string[]
  /** Freeze a running container while its files are copied. */
  readonly pause: boolean
  readonly signal: AbortSignal
}

/** What the processes of a container use. Counters begin at its start. */
export interface ContainerUsage {
  /** When it was read: nanoseconds from any moment of the past. */
  readonly takenAtNs: number
  /** Time that all of them have computed. */
  readonly cpuNs: number
  /** Without file cache that can be dropped at once. */
  readonly memoryBytes: number
  /** Its own limit, or the memory of the machine. */
  readonly memoryLimitBytes: number
  readonly pids: number
  /** Bytes. */
  readonly network: { readonly received: number; readonly sent: number }
  /** Bytes of block devices. */
  readonly block: { readonly read: number; readonly written: number }
}

/** Which events are told. Times are milliseconds since the epoch. */
export interface EventSelection {
  /** @default what happens from now on */
  readonly since?: number | undefined
  /** @default no end */
  readonly until?: number | undefined
  readonly signal: AbortSignal
}

/** Something that happened to a container. */
export interface ContainerEvent {
  /** Milliseconds since the epoch. */
  readonly time: number
  /** As docker calls it, e.g. `start` or `health_status: healthy`. */
  readonly action: string
  readonly id: ContainerId
  readonly service: string
  /** Name, image, labels, and what is particular to the action, such as `exitCode`. */
  readonly attributes: ReadonlyMap<string, string>
}

/** Whose streams are joined to those of a container. */
export interface AttachRequest {
  readonly streams: ExecStreams
  /** Used for a container with a terminal; undefined where the caller has none. */
  readonly terminal: Terminal | undefined
  /** Whether what the caller types goes to the container. */
  readonly hasInput: boolean
  /** The bytes of the keys that leave a container with a terminal. */
  readonly detachKeys: readonly number[]
  readonly onAttached: () => void
}

/** How the joining of streams ended. */
export type AttachEnd = { readonly kind: 'exited'; readonly exitCode: number } | { readonly kind: 'detached' }

/** Where the files of a volume are. */
export interface VolumePlace {
  readonly mountpoint: string
  readonly labels: ReadonlyMap<string, string>
}
