/** What the supervisor asks of the keeper, its parent; docs/keeper.md has the meaning of each. */
export interface KeeperPort {
  /**
   * Launches `request`, the payload of a LAUNCH message, and resolves when the program has reached its exec. `fds` are
   * its standard streams, three or none; the caller closes its own.
   */
  launch(request: Buffer, fds?: readonly number[]): Promise<{ readonly pid: number }>
  /** Rejects when the process has ended. */
  signal(id: string, signal: number): Promise<unknown>
  /** Resolves when the process has ended, with its wait status. */
  wait(id: string): Promise<{ readonly status: number }>
  /** Calls `listener` for every start and end of a container from when the promise resolves. */
  subscribe(listener: (event: KeeperEvent) => void): Promise<unknown>
  /** Returns duplicates of the held sockets whose names start with `prefix`; the caller closes them. */
  lend(prefix: string): Promise<readonly LentSocket[]>
  /** Resolves when the connection has ended: the keeper is gone. */
  readonly closed: Promise<unknown>
}

/** Only a hint that there is something new to read about the container. */
export interface KeeperEvent {
  readonly kind: 'started' | 'exited'
  readonly id: string
}

export interface LentSocket {
  readonly name: string
  readonly fd: number
}
