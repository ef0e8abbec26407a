/** The programs that run a container of an OCI bundle, by what their command line understands. */
export type OciRuntimeKind = 'runc' | 'crun' | 'runsc'

/** A program that runs containers in place of the keeper's own operations. Data alone: it is kept on record. */
export interface OciRuntime {
  readonly kind: OciRuntimeKind
  /** Absolute. */
  readonly path: string
  /** Before each command: they leave network and control group to tcompose. */
  readonly args: readonly string[]
}

/** What runs a container in place of the keeper, and where it writes the pid of the container's first process. */
export interface BundleRuntime {
  readonly runtime: OciRuntime
  readonly pidFile: string
}

/** A runtime that runs a container, and the folder that it has for it in its mount namespace. */
export interface RunningBundle {
  readonly runtime: OciRuntime
  readonly bundle: string
}

/** Returns the argv of a command of a runtime; `bundle` is the folder that it has for one container. */
export function runtimeArgv(
  { path, args }: OciRuntime,
  bundle: string,
  command: readonly string[],
): readonly string[] {
  return [path, '--root', `${bundle}/state`, ...args, ...command]
}

/**
 * Tells whether the runtime's process, which waits for the container, passes signals on to its main process. runsc does so
 * only where the container has a terminal.
 */
export function forwardsSignals({ kind }: Pick<OciRuntime, 'kind'>): boolean {
  return kind !== 'runsc'
}
