/** A command that runs to its end in a container of its own, before its service starts. */
export interface PreStartHook extends Omit<Hook, 'argv'> {
  /** @default the image's command */
  readonly argv?: readonly string[]
  /** Its reference, as `Service.image`. */
  readonly image: string
  /** Once for each replica that starts. @default once, where no replica runs */
  readonly isPerReplica?: true
}

/** A command that runs in the container of a service once that has started, or before it is stopped. */
export interface Hook {
  readonly argv: readonly string[]
  /** `uid[:gid]` or `name[:group]`. @default the service's */
  readonly user?: string
  /** With all capabilities of the host. @default as the service */
  readonly privileged?: true
  /** @default the service's */
  readonly workingDir?: string
  /** Over the variables of the service. */
  readonly environment: ReadonlyMap<string, string>
}
