/** What the global options of a command line say about the project. */
export interface ProjectRequest {
  /** `-f`, in order; empty looks for a default file, upward from the working directory. */
  readonly files: readonly string[]
  readonly projectName: string | undefined
  readonly projectDirectory: string | undefined
  readonly profiles: readonly string[]
  /** `--env-file`, in order; empty takes `.env` of the project's folder where there is one. */
  readonly envFiles: readonly string[]
  /** Turns keys that are valid, but not run by this version, from errors into warnings. */
  readonly allowUnsupported: boolean
  /** Names of containers and images have `_` in place of `-`. @default false */
  readonly compatibility?: boolean
  /** Where ports are published for which the file has no address. @default what the user's settings say */
  readonly publishDefault?: string
  /** Hosts of `oci://` that may have no TLS. @default none */
  readonly insecureRegistries?: readonly string[]
}
