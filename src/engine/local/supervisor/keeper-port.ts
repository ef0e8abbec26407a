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
  /** Has the keeper hold a duplicate of `fd`, which `lend` gives back; with `wakes` it ends a rest when it is readable. */
  entrust(name: string, fd: number, options: { readonly wakes: boolean }): Promise<unknown>
  /** Closes what is held under names that start with `prefix`. */
  release(prefix: string): Promise<unknown>
  /** Lets this supervisor rest: when it has ended, it is started again when something happens that no event reported. */
  rest(): Promise<unknown>
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
