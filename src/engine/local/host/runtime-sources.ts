/** Where OCI runtimes are looked for. */
export interface RuntimeSources {
  /** Reads those that the user has named; asked only where a service wants one. */
  readonly configured: () => ConfiguredRuntimes
  /** Folders of programs, absolute, the first to be looked in first. */
  readonly folders: readonly string[]
}

/** The runtimes that the user has named. */
export type ConfiguredRuntimes =
  | {
      readonly kind: 'found'
      readonly programs: ReadonlyMap<string, RuntimeProgram>
      /** The file that names them. @default none exists */
      readonly file: string | undefined
    }
  /** `reason` says what is wrong with the settings. */
  | { readonly kind: 'unfit'; readonly reason: string }

/** A program, and arguments for it that come before each of its commands. */
export interface RuntimeProgram {
  /** Absolute. */
  readonly path: string
  readonly args: readonly string[]
}

/** No runtime but tcompose itself. */
export const NO_RUNTIMES: RuntimeSources = {
  configured: () => ({ kind: 'found', programs: new Map(), file: undefined }),
  folders: [],
}
