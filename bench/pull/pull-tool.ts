/** A program that pulls images. It keeps what it pulled until it is disposed. */
export interface PullTool {
  readonly name: string
  /** Pulls an image of `SERVED_NAME` by its tag. Rejects if that fails. */
  readonly pull: (tag: string) => Promise<Pulled>
  /** Removes everything that was pulled. */
  readonly dispose: () => Promise<void>
}

/** The cost of a pull. */
export interface Pulled {
  readonly ms: number
  /** Peak of resident memory; undefined if an already running process does the work. */
  readonly peakBytes: number | undefined
}
