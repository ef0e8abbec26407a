import type { LaunchRequest, LaunchStep } from '../launch/launch-op.ts'
import type { LentSocket } from './lend-sockets.ts'

/** Who answers. */
export interface KeeperInfo {
  readonly protocolVersion: number
  readonly pid: number
  /** Clock ticks since boot: with the pid, the process's identity. */
  readonly startTime: bigint
  readonly buildId: string
}

/** The identity of a process that reached its exec. */
export interface LaunchedProcess {
  /** As the host sees it. */
  readonly pid: number
  /** Clock ticks since boot. */
  readonly startTime: bigint
}

/** How a process ended. */
export interface EndedProcess {
  /** As wait(2) gives it. */
  readonly status: number
  /** Nanoseconds since the epoch. */
  readonly finishedAt: bigint
}

/** A process that lives, or whose program has not reached its exec yet. */
export interface ListedProcess extends LaunchedProcess {
  readonly id: string
  readonly kind: 'container' | 'auxiliary'
}

/** A socket that the keeper has bound, or a file that it keeps. */
export interface HeldThing {
  readonly name: string
  /** 0 of a file. */
  readonly port: number
}

/** A socket for the keeper to bind, and maybe listen on. */
export interface HoldRequest {
  readonly name: string
  /** Path of a network namespace; undefined is the keeper's. */
  readonly netns: string | undefined
  /** AF_INET or AF_INET6. */
  readonly family: number
  /** SOCK_STREAM or SOCK_DGRAM. */
  readonly type: number
  /** 4 or 16 bytes. */
  readonly address: Uint8Array
  /** 0 lets the kernel choose. */
  readonly port: number
  /** 0 binds only. */
  readonly backlog: number
  readonly reuseAddress: boolean
  readonly ipv6Only: boolean
  /** A socket of SCTP. Rejects with EINVAL where the keeper is of a version without these. @default false */
  readonly isSctp?: boolean
}

/** What a project without containers leaves to its keeper. */
export interface ProjectLeavings {
  /** For rtnetlink. */
  readonly messages: Uint8Array
  /** Folders to remove once the connection has ended, as far as that goes; they need not exist. */
  readonly folders: readonly string[]
}

/** What the keeper of a project still does. */
export interface ClosingProject {
  /** The datagrams with which the kernel answers, when it has carried all out: deletions of interfaces take it tens of milliseconds. */
  readonly answers: Promise<readonly Buffer[]>
}

/** The start or the end of a container; auxiliary processes are not announced. */
export type KeeperEvent =
  | { readonly kind: 'started'; readonly id: string; readonly pid: number }
  | {
      readonly kind: 'exited'
      readonly id: string
      readonly status: number
      /** Nanoseconds since the epoch. */
      readonly finishedAt: bigint
    }

/**
 * What can be asked of a keeper; docs/keeper.md has the meaning of each. Requests that fail reject with a
 * SystemCallError, a launch with a LaunchFailure, and all with a TcomposeError `keeper` when the connection ends or
 * `keeper-stalled` when the keeper does not answer.
 */
export interface KeeperConnection extends Disposable {
  /** Resolves when the connection has ended. */
  readonly closed: Promise<void>
  /** Nothing comes from this keeper any more. */
  readonly hasEnded: boolean

  hello(): Promise<KeeperInfo>

  /** What the first `hello` said. */
  identity(): Promise<KeeperInfo>

  /**
   * Resolves when the program has reached its exec. `request` may be the stored payload of `encodeLaunchRequest`.
   * `fds` are the standard streams, three or none; the caller closes its own.
   *
   * @throws {LaunchFailure} With the index of the operation that failed.
   */
  launch(request: LaunchRequest | Buffer, fds?: readonly number[]): Promise<LaunchedProcess>

  /** Rejects with ESRCH when the process has ended. */
  signal(id: string, signal: number): Promise<void>

  /** Resolves when the process has ended, at once if it has; rejects with ESRCH for one that is not known. */
  wait(id: string): Promise<EndedProcess>

  list(): Promise<readonly ListedProcess[]>

  /** Calls `listener` for every start and end of a container from when the promise resolves. */
  subscribe(listener: (event: KeeperEvent) => void): Promise<void>

  /** Binds a socket that the keeper holds under `name`, and returns its port. Rejects with e.g. EADDRINUSE. */
  hold(request: HoldRequest): Promise<number>

  /**
   * Keeps `content` in a file under `name`, in place of what it kept there: in memory that is not swapped out. Launch
   * programs copy it with `write-held`. Rejects with ENOSYS where the keeper is of a version without this.
   */
  keep(name: string, content: Uint8Array): Promise<void>

  /** Closes what is held under names that start with `prefix`, and returns how many. */
  release(prefix: string): Promise<number>

  /**
   * Has the keeper hold a duplicate of `fd` under `name`, in place of what was entrusted to it under that name; `lend` gives it
   * back. With `wakes`, a supervisor that rests is started again when it is readable; rejects with EPERM for what cannot be
   * waited for, such as a file, and with ENOSYS where the keeper is of a version without this.
   */
  entrust(name: string, fd: number, options?: { readonly wakes?: boolean }): Promise<void>

  /**
   * Lets the supervisor that runs rest: once it has ended with exit code 0, it is started again when something happens that
   * was not reported before this resolves. Rejects with ENOSYS where the keeper is of a version without this.
   */
  rest(): Promise<void>

  /** Returns duplicates of the held sockets and the entrusted descriptors whose names start with `prefix`; the caller closes them. */
  lend(prefix: string): Promise<readonly LentSocket[]>

  held(prefix: string): Promise<readonly HeldThing[]>

  /**
   * Keeps `program` running, its output appended to `logPath`. The same program that runs already is left alone;
   * another one takes its place.
   *
   * @throws {LaunchFailure} If its first start fails; the keeper then gives it up.
   */
  supervise(program: readonly LaunchStep[], logPath: string): Promise<void>

  /** Ends the keeper; rejects with EBUSY while a container runs. */
  quit(): Promise<void>

  /**
   * Has the keeper end its other processes, let go of all that it holds, do what a project leaves, and end once this connection has.
   * Resolves when no process of it and nothing that it held is left. Rejects with EBUSY while a container runs, and with ENOSYS
   * where the keeper is of a version without this.
   */
  closeProject(leavings: ProjectLeavings): Promise<ClosingProject>

  /** Lets Node exit although the connection is open. */
  unref(): void

  ref(): void

  close(): void
}
